// The table of rights is short: some pages are open, GET looks, and all else orders.
#include "sluice/actors/access_guard.hpp"

#include "sluice/status/settings.hpp"

namespace sluice::actors {
namespace {

bool holds(const std::vector<token_digest>& tokens, const token_digest& shown) {
  bool found = false;
  for (const auto& t : tokens)
    found = same_digest(t, shown) || found;
  return found;
}

/// What a supervisor or a load balancer asks, which have no token.
bool is_open(std::string_view path) {
  return path == "/healthz" || path == "/readyz";
}

}  // namespace

std::string_view to_string(access_answer a) {
  switch (a) {
    case access_answer::admitted:
      break;
    case access_answer::token_missing:
      return "missing";
    case access_answer::token_unknown:
      return "unknown";
    case access_answer::not_enough:
      return "not_enough";
  }
  return {};
}

bearer access_guard::who(const std::optional<token_digest>& shown) const {
  if (!shown)
    return bearer::nobody;
  const bool reader = holds(tokens_.readers, *shown);
  const bool source = holds(tokens_.sources, *shown);
  const bool writer = holds(tokens_.writers, *shown);
  return writer   ? bearer::writer
         : reader ? bearer::reader
         : source ? bearer::source
                  : bearer::unknown;
}

bool access_guard::may_look(bearer by) const {
  return !guards_looking() || by == bearer::reader || by == bearer::writer;
}

access_answer access_guard::judge(std::string_view method, std::string_view path, bearer by) const {
  const bool looks = method == "GET" || method == "HEAD";
  if (looks ? is_open(path) || may_look(by) : !guards_orders() || by == bearer::writer)
    return access_answer::admitted;
  if (by == bearer::source && !looks && path == status::plans_path)
    return access_answer::admitted;
  switch (by) {
    case bearer::nobody:
      return access_answer::token_missing;
    case bearer::unknown:
      return access_answer::token_unknown;
    default:
      return access_answer::not_enough;
  }
}

guard_post::guard_post(access_guard first)
    : now_(std::make_shared<const access_guard>(std::move(first))) {}

std::shared_ptr<const access_guard> guard_post::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void guard_post::replace(access_guard next) {
  auto fresh = std::make_shared<const access_guard>(std::move(next));
  const std::lock_guard lock(mutex_);
  now_.swap(fresh);
}

}  // namespace sluice::actors
