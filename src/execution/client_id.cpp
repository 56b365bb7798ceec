// Derives client order ids: two hashes of account, plan and attempt, written in base32.
#include "sluice/execution/client_id.hpp"

#include <fmt/format.h>

#include <string>

#include "sluice/domain/fixed.hpp"

namespace sluice {
namespace {

constexpr std::string_view prefix = "sl-";
constexpr std::size_t account_characters = 6;
constexpr std::size_t plan_characters = 26;  // 128 bits, five a character.
constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
// Any two different seeds do; these are the golden ratio's and sqrt(3)'s fraction bits.
constexpr std::uint64_t high_seed = 0x9e3779b97f4a7c15ULL;
constexpr std::uint64_t low_seed = 0xbb67ae8584caa73bULL;

__extension__ using wide_bits = unsigned __int128;

std::string base32(wide_bits bits, std::size_t characters) {
  std::string text(characters, alphabet.front());
  for (auto it = text.rbegin(); it != text.rend(); ++it, bits >>= 5)
    *it = alphabet[static_cast<std::size_t>(bits & 31)];
  return text;
}

std::string account_part(std::string_view account) {
  return fmt::format("{}{}-", prefix, base32(stable_hash(account, high_seed), account_characters));
}

client_order_id id_from(std::string_view account, const std::string& text) {
  const wide_bits bits =
      static_cast<wide_bits>(stable_hash(text, high_seed)) << 64 | stable_hash(text, low_seed);
  return client_order_id{account_part(account) + base32(bits, plan_characters)};
}

}  // namespace

client_order_id make_client_order_id(std::string_view account, const plan_id& plan, int attempt) {
  // Lengths first, so that no two different triples give the same text.
  return id_from(account, fmt::format("{}:{}|{}:{}|{}", account.size(), account, plan.str().size(),
                                      plan.str(), attempt));
}

client_order_id make_stop_order_id(std::string_view account, const protective_stop& stop) {
  // No plan's text begins like this: it begins with the length of the account's name.
  return id_from(account,
                 fmt::format("stop|{}:{}|{}|{}|{}|{}|{}", account.size(), account, stop.number,
                             stop.position.instrument.str(), to_string(stop.position.leg),
                             stop.trigger.raw(), stop.intended_at.ms));
}

bool is_ours(std::string_view account, const client_order_id& id) {
  const std::string_view text = id.str();
  const auto start = account_part(account);
  return text.size() == start.size() + plan_characters && text.starts_with(start) &&
         text.find_first_not_of(alphabet, start.size()) == std::string_view::npos;
}

}  // namespace sluice
