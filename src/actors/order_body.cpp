// Reads the texts of one JSON object once, and what the stages want of them.
#include "order_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "sluice/domain/standing_state.hpp"

namespace sluice::actors {
namespace {

constexpr std::string_view refused_type = "invalid_order";

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace

order_body::order_body(std::string_view body) {
  boost::system::error_code failed;
  const auto document = boost::json::parse(body, failed);
  const auto* object = failed ? nullptr : document.if_object();
  if (!object)
    complain("", "takes a JSON object");
  else
    for (const auto& [key, value] : *object)
      if (const auto* text = value.if_string())
        texts_.emplace_back(key, *text);
      else if (const auto* flag = value.if_bool())
        texts_.emplace_back(key, *flag ? "true" : "false");
      else if (!value.is_null())
        complain(key, "must be a text");
  author_ = needed("author", author_bytes_max);
  reason_ = needed("reason");
  if (is_own_author(author_))
    complain("author", fmt::format("{} is nobody's name", author_));
}

std::string order_body::text(std::string_view key) const {
  read_.emplace_back(key);
  const auto at = std::ranges::find(texts_, key, &std::pair<std::string, std::string>::first);
  return at == texts_.end() ? std::string{} : at->second;
}

std::string order_body::needed(std::string_view key, std::size_t bytes_max) {
  auto found = text(key);
  if (found.find_first_not_of(" \t\r\n") == std::string::npos)
    complain(key, "must be a text that is not empty");
  else if (found.size() > bytes_max)
    complain(key, fmt::format("is longer than {} bytes", bytes_max));
  else if (has_control(found))
    complain(key, "must be one line without control characters");
  return found;
}

std::optional<milliseconds> order_body::span(std::string_view key, std::string_view example) {
  const auto words = text(key);
  if (words.empty())
    return std::nullopt;
  const auto parsed = parse_duration(words);
  if (parsed && *parsed > milliseconds{0})
    return *parsed;
  complain(key, fmt::format("takes a duration, e.g. \"{}\"", example));
  return std::nullopt;
}

void order_body::complain(std::string_view key, std::string why) {
  faults_.push_back({std::string{key}, std::move(why)});
}

void order_body::complain_of_unread() {
  for (const auto& [key, value] : texts_)
    if (std::ranges::find(read_, key) == read_.end())
      complain(key, "is no field of this order");
}

bool order_body::good(const status::responder& reply) {
  complain_of_unread();
  if (!faults_.empty())
    reply(status::problem_response({400, std::string{refused_type}, {}, {}, faults_}));
  return faults_.empty();
}

status::response faults_response(const std::vector<setting_fault>& faults) {
  status::problem refusal{400, std::string{refused_type}, {}, {}, {}};
  for (const auto& f : faults)
    refusal.fields.push_back({f.key, f.text});
  return status::problem_response(refusal);
}

}  // namespace sluice::actors
