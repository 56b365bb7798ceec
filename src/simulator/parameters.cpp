// Splits and decodes query strings and form bodies.
#include "parameters.hpp"
#include "refusals.hpp"

#include <algorithm>
#include <charconv>

namespace sluice::simulator {
namespace {

constexpr std::size_t parameters_max = 64;

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80)
      return std::nullopt;
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<venue_error> parameters::add_all(std::string_view text) {
  const auto already = values_.size();
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty())
      continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = percent_decode(pair.substr(0, equals));
    auto value = percent_decode(equals < pair.size() ? pair.substr(equals + 1) : "");
    if (!name || !value)
      return refuse<-1100>();
    for (std::size_t i = already; i < values_.size(); ++i)
      if (values_[i].first == *name)
        return refuse<-1101, 1>(*name);
    if (values_.size() >= parameters_max)
      return refuse<-1101>();
    values_.emplace_back(std::move(*name), std::move(*value));
  }
  return std::nullopt;
}

outcome<parameters> parameters::parse(std::string_view query, std::string_view body) {
  parameters p;
  for (auto part : {query, body})
    if (auto wrong = p.add_all(part))
      return *wrong;
  return p;
}

parameters parameters::of(std::vector<std::pair<std::string, std::string>> values) {
  parameters p;
  p.values_ = std::move(values);
  return p;
}

std::optional<std::string_view> parameters::find(std::string_view name) const {
  for (const auto& [key, value] : values_)
    if (key == name && !value.empty())
      return value;
  return std::nullopt;
}

outcome<std::string_view> parameters::need(std::string_view name) const {
  if (auto value = find(name))
    return *value;
  return missing_parameter(name);
}

outcome<std::optional<std::int64_t>> parameters::whole(std::string_view name) const {
  const auto text = find(name);
  if (!text)
    return std::optional<std::int64_t>{};
  std::int64_t value = 0;
  const auto* end = text->data() + text->size();
  const auto [stop, ec] = std::from_chars(text->data(), end, value);
  if (ec != std::errc{} || stop != end)
    return missing_parameter(name);
  return std::optional<std::int64_t>{value};
}

}  // namespace sluice::simulator
