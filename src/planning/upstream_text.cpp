// Digits are counted and cut as text: no number goes through a double on its way to an amount.
#include "upstream_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <utility>

namespace sluice {
namespace {

namespace json = boost::json;

constexpr std::size_t number_bytes_max = 64;
constexpr std::size_t json_members_max = 64;
constexpr std::size_t json_value_bytes_max = 256;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

error no_number() {
  return fail(errc::invalid_value, "is not a number");
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos)
    return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

/// Called by the parser for each piece; keeps what stands one level deep.
class top_values {
 public:
  static constexpr std::size_t max_array_size = 1'000'000;
  static constexpr std::size_t max_object_size = 1'000'000;
  static constexpr std::size_t max_string_size = 1'000'000;
  static constexpr std::size_t max_key_size = 1'000'000;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code& ec) { return depth_ > 0 ? enter() : refuse(ec); }
  bool on_array_end(std::size_t, json::error_code&) { return leave(); }
  bool on_object_begin(json::error_code&) { return enter(); }
  bool on_object_end(std::size_t, json::error_code&) { return leave(); }
  bool on_key_part(json::string_view s, std::size_t, json::error_code&) { return take(s); }
  bool on_key(json::string_view s, std::size_t, json::error_code& ec) {
    take(s);
    auto name = std::exchange(piece_, {});
    if (depth_ != 1)
      return true;
    if (name.size() > json_value_bytes_max || fields_.size() >= json_members_max ||
        std::ranges::any_of(names_, [&](const auto& n) { return n == name; }))
      return refuse(ec);
    names_.push_back(std::move(name));
    return true;
  }
  bool on_string_part(json::string_view s, std::size_t, json::error_code&) { return take(s); }
  bool on_string(json::string_view s, std::size_t, json::error_code& ec) { return end(s, ec); }
  bool on_number_part(json::string_view s, json::error_code&) { return take(s); }
  bool on_int64(std::int64_t, json::string_view s, json::error_code& ec) { return end(s, ec); }
  bool on_uint64(std::uint64_t, json::string_view s, json::error_code& ec) { return end(s, ec); }
  bool on_double(double, json::string_view s, json::error_code& ec) { return end(s, ec); }
  bool on_bool(bool b, json::error_code& ec) { return end(b ? "true" : "false", ec); }
  bool on_null(json::error_code& ec) { return end("", ec); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  [[nodiscard]] stream_fields give() { return std::move(fields_); }

 private:
  bool enter() {
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }
  static bool refuse(json::error_code& ec) {
    ec = json::error::syntax;
    return false;
  }
  /// Long texts are of no use here; their beginning is enough to refuse them where they matter.
  bool take(json::string_view s) {
    if (piece_.size() <= json_value_bytes_max)
      piece_.append(s.data(), std::min<std::size_t>(s.size(), json_value_bytes_max + 1));
    return true;
  }
  bool end(json::string_view s, json::error_code& ec) {
    take(s);
    auto text = std::exchange(piece_, {});
    if (depth_ == 0)
      return refuse(ec);
    if (depth_ == 1)
      fields_.emplace_back(names_.back(), std::move(text));
    return true;
  }

  std::size_t depth_{0};
  std::string piece_{};
  std::vector<std::string> names_{};
  stream_fields fields_{};
};

/// Digits and the place of the point, counted from the right: "12.5e-3" is 125 and 4.
struct digits {
  std::string all{};
  int after_point{0};
};

std::optional<digits> digits_of(std::string_view text) {
  digits d;
  std::size_t i = 0;
  bool any = false;
  bool point = false;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && !point)); ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    any = true;
    d.after_point += point ? 1 : 0;
    if (!d.all.empty() || text[i] != '0')
      d.all += text[i];
  }
  if (!any)
    return std::nullopt;
  if (i == text.size())
    return d;
  if (text[i] != 'e' && text[i] != 'E')
    return std::nullopt;
  const auto rest = text.substr(i + 1 + (text.substr(i + 1).starts_with('+') ? 1 : 0));
  int exponent = 0;
  const auto* const end = rest.data() + rest.size();
  const auto parsed = std::from_chars(rest.data(), end, exponent);
  if (parsed.ec != std::errc{} || parsed.ptr != end || exponent < -99 || exponent > 99)
    return std::nullopt;
  d.after_point -= exponent;
  return d;
}

}  // namespace

result<std::int64_t> parse_rounded(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('-'))
    return fail(errc::invalid_value, "must not be negative");
  if (text.starts_with('+'))
    text.remove_prefix(1);
  if (text.empty() || text.size() > number_bytes_max)
    return no_number();
  auto d = digits_of(text);
  if (!d)
    return no_number();
  bool up = false;
  if (const int surplus = d->after_point - fixed_decimals; surplus > 0) {
    const auto cut = static_cast<std::size_t>(surplus);
    up = cut <= d->all.size() && d->all[d->all.size() - cut] >= '5';
    d->all.resize(d->all.size() - std::min(cut, d->all.size()));
  } else if (!d->all.empty()) {
    d->all.append(static_cast<std::size_t>(-surplus), '0');
  }
  if (d->all.empty())
    return up ? 1 : 0;
  std::int64_t value = 0;
  const auto parsed = std::from_chars(d->all.data(), d->all.data() + d->all.size(), value);
  if (parsed.ec != std::errc{} || value == std::numeric_limits<std::int64_t>::max())
    return fail(errc::out_of_range, "is too large");
  return value + (up ? 1 : 0);
}

std::optional<bool> parse_flag(std::string_view text) {
  const auto word = capitals(text);
  if (word == "TRUE" || word == "1" || word == "YES")
    return true;
  if (word == "FALSE" || word == "0" || word == "NO")
    return false;
  return std::nullopt;
}

result<wall_time> parse_upstream_time(std::string_view text) {
  constexpr std::int64_t first_milliseconds = 100'000'000'000;  // As seconds: the year 5138.
  constexpr std::int64_t last_milliseconds = 100'000'000'000'000;
  text = trimmed(text);
  std::int64_t whole = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, whole);
  const auto rest = std::string_view(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
  const bool fraction =
      rest.starts_with('.') && std::all_of(rest.begin() + 1, rest.end(), &is_digit);
  if (parsed.ec == std::errc{} && whole >= 0 && (rest.empty() || fraction)) {
    if (whole >= last_milliseconds)
      return fail(errc::out_of_range, "is no time in seconds or milliseconds");
    if (whole >= first_milliseconds)
      return wall_time{whole};
    auto thousandths = std::string{rest.empty() ? rest : rest.substr(1, 3)};
    thousandths.resize(3, '0');
    return wall_time{whole * 1'000 + (thousandths[0] - '0') * 100 + (thousandths[1] - '0') * 10 +
                     (thousandths[2] - '0')};
  }
  if (const auto zoned = parse_rfc3339(text))
    return *zoned;
  return parse_rfc3339(std::string{text} + "Z");
}

std::string capitals(std::string_view text) {
  std::string out{trimmed(text)};
  for (auto& c : out)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  return out;
}

result<stream_fields> single_values_of(std::string_view text) {
  json::parse_options options;
  options.max_depth = 16;
  json::basic_parser<top_values> parser(options);
  json::error_code ec;
  const auto used = parser.write_some(false, text.data(), text.size(), ec);
  if (ec || !trimmed(text.substr(used)).empty())
    return fail(errc::malformed, "is not one JSON object of single members");
  return parser.handler().give();
}

}  // namespace sluice
