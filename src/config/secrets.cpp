// Refuses secrets that were written into the file itself: files are copied, mailed and committed.
#include "check.hpp"
#include "echo.hpp"

namespace sluice::config {
namespace {

constexpr std::string_view hint =
    "a secret must not stand in this file; put it in a file of its own with mode 0600, name that "
    "file in exchange.api_key_file or exchange.api_secret_file, and replace the key at the venue";

void search(const node& n, const std::string& name, place at, fault_list& out) {
  if (n.kind == node_kind::text && looks_secret(n.text))
    out.add(at, name, std::string{hint});
  for (const auto& item : n.items)
    search(item, name, item.at, out);
  for (const auto& m : n.members) {
    const auto inner = full_name(name, hide_secrets(m.key));
    if (m.value.kind == node_kind::text && names_secret(m.key))
      out.add(m.value.at, inner, std::string{hint});
    else if (looks_secret(m.key))
      out.add(m.at, inner, std::string{hint});
    else
      search(m.value, inner, m.value.at, out);
  }
}

}  // namespace

void refuse_secrets(const node& root, fault_list& out) {
  search(root, {}, root.at, out);
}

}  // namespace sluice::config
