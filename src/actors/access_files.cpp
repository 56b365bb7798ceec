// One token proves one thing: none stands for two sources, or for a source and an operator.
#include "sluice/actors/access_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "sluice/exchange/secret.hpp"
#include "sluice/exchange/token.hpp"

namespace sluice::actors {
namespace {

constexpr std::streamsize certificate_bytes_max = 1024 * 1024;

bool is_token_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view{"-._~+/="}.find(c) != std::string_view::npos;
}

error in_setting(std::string_view key, const error& e) {
  return {e.code, fmt::format("{}: {}", key, e.text)};
}

/// Every token so far with the setting it came from.
class token_book {
 public:
  /// Empty when it is new, else what has it already.
  std::string add(const token_digest& digest, std::string setting) {
    for (const auto& [known, whose] : known_)
      if (same_digest(known, digest))
        return whose;
    known_.emplace_back(digest, std::move(setting));
    return {};
  }

 private:
  std::vector<std::pair<token_digest, std::string>> known_{};
};

result<void> read_lines(std::string_view text, const std::string& file, std::string_view key,
                        token_book& book, std::vector<token_digest>& out) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (line.empty())
      continue;
    const auto wrong = [&](std::string_view why) {
      return fail(errc::invalid_value, fmt::format("{}: {}:{}: {}", key, file, number, why));
    };
    if (line.size() < api_token_size_min)
      return wrong(fmt::format("a token has at least {} characters", api_token_size_min));
    if (!std::ranges::all_of(line, &is_token_character))
      return wrong("a token holds letters, digits and -._~+/= alone");
    const auto digest = exchange::digest_of(line);
    if (const auto other = book.add(digest, std::string{key}); !other.empty())
      return wrong(fmt::format("the same token stands in {}; each may stand once", other));
    out.push_back(digest);
  }
  if (out.empty())
    return fail(errc::malformed, fmt::format("{}: {} holds no token", key, file));
  return {};
}

result<void> read_tokens(const std::string& file, std::string_view key, token_book& book,
                         std::vector<token_digest>& out) {
  if (file.empty())
    return {};
  const auto text = exchange::load_secret_file(file);
  if (!text)
    return in_setting(key, text.error());
  return read_lines(text->reveal(), file, key, book, out);
}

/// One alone: which of several a source shows would say nothing, and be counted by none.
result<void> read_sources(const config::settings& chosen, token_book& book, source_tokens& out) {
  for (const auto& [name, source] : chosen.intake.sources) {
    if (source.token_file.empty())
      continue;
    const auto key = fmt::format("intake.sources.{}.token_file", name);
    std::vector<token_digest> found;
    if (const auto read = read_tokens(source.token_file, key, book, found); !read)
      return read.error();
    if (found.size() > 1)
      return fail(errc::invalid_value, fmt::format("{}: {} holds {} tokens; a source has one", key,
                                                   source.token_file, found.size()));
    out.emplace(name, found.front());
  }
  return {};
}

result<std::string> read_certificate(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(static_cast<std::size_t>(certificate_bytes_max), '\0');
  in.read(text.data(), certificate_bytes_max);
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || text.empty())
    return fail(errc::not_found, file + " cannot be read, or is empty");
  return text;
}

result<void> read_identity(const status::http_settings& s, access_parts& out) {
  if (s.tls_certificate_file.empty())
    return {};
  const auto certificate = read_certificate(s.tls_certificate_file);
  if (!certificate)
    return in_setting("status.tls_certificate_file", certificate.error());
  const auto key = exchange::load_secret_file(s.tls_key_file);
  if (!key)
    return in_setting("status.tls_key_file", key.error());
  auto made = status::tls_identity::make(*certificate, key->reveal());
  if (!made)
    return fail(made.error().code, fmt::format("status.tls_certificate_file, status.tls_key_file: "
                                               "{}",
                                               made.error().text));
  out.tls = std::move(*made);
  return {};
}

}  // namespace

result<access_parts> load_tokens(const config::settings& chosen) {
  access_parts out;
  token_book book;
  if (const auto read = read_sources(chosen, book, out.sources); !read)
    return read.error();
  for (const auto& [name, digest] : out.sources)
    out.tokens.sources.push_back(digest);
  const auto& s = chosen.status;
  if (const auto read =
          read_tokens(s.write_token_file, "status.write_token_file", book, out.tokens.writers);
      !read)
    return read.error();
  if (const auto read =
          read_tokens(s.read_token_file, "status.read_token_file", book, out.tokens.readers);
      !read)
    return read.error();
  return out;
}

result<access_parts> load_access(const config::settings& chosen) {
  auto out = load_tokens(chosen);
  if (!out)
    return out;
  if (const auto read = read_identity(chosen.status, *out); !read)
    return read.error();
  return out;
}

}  // namespace sluice::actors
