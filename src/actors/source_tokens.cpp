// Reads each file once; the text of a token goes no further than this.
#include "source_tokens.hpp"

#include <fmt/format.h>

#include "sluice/exchange/secret.hpp"
#include "sluice/exchange/token.hpp"

namespace sluice::actors {

std::variant<source_tokens, source_token_fault> read_source_tokens(
    const intake_settings& settings) {
  source_tokens out;
  for (const auto& [name, source] : settings.sources) {
    if (source.token_file.empty())
      continue;
    const auto key = "intake.sources." + name;
    const auto token = exchange::load_secret_file(source.token_file);
    if (!token)
      return source_token_fault{key, token.error()};
    const auto digest = exchange::digest_of(token->reveal());
    for (const auto& [other, known] : out)
      if (same_digest(known, digest))
        return source_token_fault{
            key, fail(errc::invalid_value, fmt::format("{} has the token of source {}; give each "
                                                       "its own",
                                                       source.token_file, other))};
    out.emplace(name, digest);
  }
  return out;
}

}  // namespace sluice::actors
