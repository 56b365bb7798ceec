// Meaning out of fields that were never agreed on: whatever can be read in two ways is refused.
#include "sluice/planning/upstream_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "upstream_text.hpp"

namespace sluice {
namespace {

constexpr std::size_t fields_max = 64;
constexpr std::size_t value_bytes_max = 256;
constexpr std::size_t payload_bytes_max = 64UL * 1024;

/// What the action says by itself.
enum class declared : std::uint8_t {
  nothing,
  opens,
  closes,  ///< What is held, or the amount that is given.
  closes_all,
  closes_part,
  reduces,  ///< By an amount: without one it could mean anything.
  other
};

struct action {
  declared kind{declared::nothing};
  int percent{0};
  std::optional<side> direction{};  ///< Some producers write the side here.
};

action action_of(const std::string& word) {
  constexpr std::string_view proposed = "_PROPOSED";
  constexpr std::string_view partial = "PARTIAL_";
  auto text = std::string_view{word};
  if (text.ends_with(proposed))
    text.remove_suffix(proposed.size());
  if (text.empty())
    return {};
  if (text == "BUY" || text == "SELL")
    return {declared::nothing, 0, text == "BUY" ? side::buy : side::sell};
  if (text == "OPEN" || text == "ENTRY")
    return {declared::opens, 0, {}};
  if (text == "CLOSE")
    return {declared::closes, 0, {}};
  if (text == "REDUCE")
    return {declared::reduces, 0, {}};
  if (text == "FULL_CLOSE" || text == "CLOSE_FULL")
    return {declared::closes_all, 0, {}};
  if (text.starts_with("CLOSE_"))
    text.remove_prefix(std::string_view{"CLOSE_"}.size());
  if (!text.starts_with(partial))
    return {declared::other, 0, {}};
  const auto digits = text.substr(partial.size());
  int percent = 0;
  const auto* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, percent);
  if (parsed.ec != std::errc{} || parsed.ptr != end || percent < 1 || percent > 99)
    return {declared::other, 0, {}};
  return {declared::closes_part, percent, {}};
}

/// A reading ends at its first fault, which is kept here.
class entry_reader {
 public:
  entry_reader(const upstream_moment& at, const upstream_settings& settings,
               const intake_settings& intake)
      : at_(at), settings_(settings), intake_(intake) {}

  upstream_reading read(const stream_entry& entry) {
    if (!take_fields(entry) || !read_names())
      return refusal_;
    const auto decision = capitals(text("decision"));
    if (decision.empty())
      return refuse(upstream_fault::unreadable, "decision is missing"), refusal_;
    if (decision != "EXECUTE")
      return upstream_skip{decision};
    if (!read_ages(entry.id) || !read_source() || !read_what())
      return refusal_;
    return wish_;
  }

 private:
  bool refuse(upstream_fault fault, std::string reason) {
    refusal_.fault = fault;
    refusal_.reason = std::move(reason);
    return false;
  }

  [[nodiscard]] const std::string* find(std::string_view name) const {
    const auto at = std::ranges::find(fields_, name, &stream_fields::value_type::first);
    return at == fields_.end() ? nullptr : &at->second;
  }
  /// What languages write for "not given" is not given.
  [[nodiscard]] std::string_view text(std::string_view name) const {
    const auto* value = find(name);
    if (!value || *value == "None" || *value == "null" || *value == "nan")
      return {};
    return *value;
  }
  [[nodiscard]] std::string_view first_of(std::initializer_list<std::string_view> names) const {
    for (const auto name : names)
      if (const auto value = text(name); !value.empty())
        return value;
    return {};
  }

  bool take_fields(const stream_entry& entry) {
    fields_ = entry.fields;
    const auto* payload = find("payload");
    if (payload && !find("plan_id")) {
      if (payload->size() > payload_bytes_max)
        return refuse(upstream_fault::unreadable, "payload is longer than 64 KiB");
      auto inner = single_values_of(*payload);
      if (!inner)
        return refuse(upstream_fault::unreadable, "payload " + inner.error().text);
      fields_ = std::move(*inner);
    }
    if (fields_.size() > fields_max)
      return refuse(upstream_fault::unreadable, fmt::format("has more than {} fields", fields_max));
    for (std::size_t i = 0; i < fields_.size(); ++i)
      for (std::size_t k = 0; k < i; ++k)
        if (fields_[i].first == fields_[k].first)
          return refuse(upstream_fault::unreadable, "a field is given twice");
    return true;
  }

  bool read_names() {
    const auto id = parse_plan_id(text("plan_id"));
    if (!id)
      return refuse(upstream_fault::unreadable, "plan_id: " + id.error().text);
    if (is_own_plan_id(*id))
      return refuse(upstream_fault::unreadable,
                    "plan_id begins like this process's own plans; take another");
    wish_.id = refusal_.id = *id;
    const auto instrument = parse_symbol(capitals(text("symbol")));
    if (!instrument)
      return refuse(upstream_fault::unreadable, "symbol: " + instrument.error().text);
    wish_.instrument = refusal_.instrument = *instrument;
    return true;
  }

  /// What lies in the future has no age: some clock was set. A close is carried out all the same,
  /// since no exit may be lost for that; an open plan has to show by its timestamp that it is
  /// young.
  bool read_age(std::string_view of, ages by) {
    if (by.youngest > intake_.max_age)
      return refuse_old(of, by.youngest);
    wish_.age = std::max(wish_.age, by.youngest);
    if (by.oldest > oldest_)
      oldest_ = by.oldest, oldest_of_ = of;
    no_age_.clear();
    if (-by.oldest > intake_.max_clock_lead)
      no_age_ = fmt::format("{} lies {} in the future, allowed are {}", of,
                            format_duration(-by.oldest), format_duration(intake_.max_clock_lead));
    return true;
  }

  bool refuse_old(std::string_view of, milliseconds age) {
    return refuse(upstream_fault::plan_too_old,
                  fmt::format("{} is {} old, allowed are {}: a backlog is not carried out", of,
                              format_duration(age), format_duration(intake_.max_age)));
  }

  bool read_ages(std::string_view entry_id) {
    const auto made = entry_time_ms(entry_id);
    if (!made)
      return refuse(upstream_fault::unreadable, "the entry's id has no time");
    const milliseconds age{at_.server_ms - *made};
    if (!read_age("the entry", {age, age}))
      return false;
    const auto written = first_of({"timestamp", "ts"});
    if (written.empty())
      return true;
    const auto time = written.size() > value_bytes_max
                          ? result<wall_time>{fail(errc::invalid_value, "is too long")}
                          : parse_upstream_time(written);
    if (!time)
      return refuse(upstream_fault::unreadable, "timestamp: " + time.error().text);
    return read_age("timestamp", ages_of(*time, at_.received));
  }

  bool read_source() {
    auto name = text("source");
    if (name.empty())
      name = settings_.default_source;
    if (name.empty())
      return refuse(upstream_fault::unreadable, "source is missing");
    const auto source = parse_source_id(name);
    if (!source)
      return refuse(upstream_fault::unreadable, "source: " + source.error().text);
    if (is_own_source(*source))
      return refuse(upstream_fault::unreadable, "source is this process's own; take another name");
    wish_.source = *source;
    return true;
  }

  /// None and a refusal when it cannot be read; none without one when it is not given.
  std::optional<side> read_side(bool& good, std::optional<side> told) {
    const auto word = capitals(text("side"));
    good = true;
    if (word.empty())
      return told;
    if (word != "BUY" && word != "SELL") {
      good = refuse(upstream_fault::unreadable, "side must be BUY or SELL");
      return std::nullopt;
    }
    const auto direction = word == "BUY" ? side::buy : side::sell;
    if (told && *told != direction)
      good = refuse(upstream_fault::contradictory, "action and side name two sides");
    return direction;
  }

  bool read_what() {
    const auto word = capitals(text("action"));
    const auto act = action_of(word);
    if (act.kind == declared::other)
      return refuse(upstream_fault::not_done_here,
                    fmt::format("the action {} is not carried out here",
                                word.size() > 32 || !is_word(word) ? "that is named" : word));
    std::optional<bool> reduces;
    if (const auto flag = first_of({"reduceOnly", "reduce_only"}); !flag.empty()) {
      reduces = parse_flag(flag);
      if (!reduces)
        return refuse(upstream_fault::unreadable, "reduceOnly must be true or false");
    }
    if (act.kind == declared::nothing && !reduces)
      return refuse(upstream_fault::contradictory,
                    "neither action nor reduceOnly says whether it opens or closes");
    const bool closes = act.kind == declared::nothing ? *reduces : act.kind != declared::opens;
    if (reduces && *reduces != closes)
      return refuse(upstream_fault::contradictory,
                    fmt::format("the action {}, and reduceOnly is {}", closes ? "closes" : "opens",
                                *reduces));
    bool good = false;
    const auto direction = read_side(good, act.direction);
    if (!good || !read_terms())
      return false;
    return closes ? read_close(act, direction) : read_open(direction);
  }

  static bool is_word(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
  }

  bool read_terms() {
    if (const auto type = capitals(text("type")); !type.empty() && type != "MARKET")
      return refuse(upstream_fault::not_done_here, "type must be MARKET");
    if (const auto leg = capitals(first_of({"positionSide", "position_side"}));
        !leg.empty() && leg != "BOTH")
      return refuse(upstream_fault::not_done_here,
                    "positionSide must be BOTH: hedge mode is not "
                    "traded");
    return true;
  }

  /// Zero and a refusal when it is missing, zero or cannot be read.
  quantity read_amount() {
    quantity amount;
    for (const std::string_view name : {"qty", "close_qty", "quantity"}) {
      const auto value = text(name);
      if (value.empty())
        continue;
      const auto raw = parse_rounded(value);
      if (!raw || *raw == 0) {
        refuse(upstream_fault::unreadable,
               fmt::format("{} {}", name, raw ? "must be greater than 0" : raw.error().text));
        return {};
      }
      if (!amount.is_zero() && amount.raw() != *raw) {
        refuse(upstream_fault::contradictory, "two amounts are given");
        return {};
      }
      amount = quantity::from_raw(*raw);
    }
    if (amount.is_zero())
      refuse(upstream_fault::unreadable, "qty is missing");
    return amount;
  }

  bool read_close(const action& act, std::optional<side> direction) {
    upstream_close c;
    c.direction = direction;
    if (act.kind == declared::closes_part) {
      c.how = upstream_close::extent::percent;
      c.percent = act.percent;
    } else if (act.kind == declared::nothing || act.kind == declared::reduces ||
               (act.kind == declared::closes &&
                !first_of({"qty", "close_qty", "quantity"}).empty())) {
      c.how = upstream_close::extent::amount;
      c.amount = read_amount();
      if (c.amount.is_zero())
        return false;
    }
    wish_.what = c;
    return true;
  }

  /// Zero stands for none here, as these producers have it.
  bool read_price(std::string_view name, std::optional<price>& into) {
    const auto value = text(name);
    if (value.empty())
      return true;
    const auto raw = parse_rounded(value);
    if (!raw)
      return refuse(upstream_fault::unreadable, fmt::format("{} {}", name, raw.error().text));
    if (*raw != 0)
      into = price::from_raw(*raw);
    return true;
  }

  bool read_open(std::optional<side> direction) {
    if (!no_age_.empty())
      return refuse(upstream_fault::unreadable, no_age_);
    if (oldest_ > intake_.max_age)
      return refuse_old(oldest_of_, oldest_);
    wish_.age = std::max(wish_.age, oldest_);
    if (std::ranges::find(settings_.entry_sources, wish_.source) == settings_.entry_sources.end())
      return refuse(upstream_fault::source_not_allowed,
                    fmt::format("{} is not among intake.redis.entry_sources", wish_.source.str()));
    if (!direction)
      return refuse(upstream_fault::unreadable, "side is missing");
    open_plan o;
    o.direction = *direction;
    o.amount = read_amount();
    if (o.amount->is_zero())
      return false;
    if (!read_price("stop_loss", o.stop) || !read_price("take_profit", o.target))
      return false;
    const bool buys = o.direction == side::buy;
    if (o.stop && o.target && (buys ? *o.stop >= *o.target : *o.stop <= *o.target))
      return refuse(upstream_fault::contradictory,
                    "stop_loss must be on the losing side of take_profit");
    wish_.what = o;
    return true;
  }

  const upstream_moment& at_;
  const upstream_settings& settings_;
  const intake_settings& intake_;
  stream_fields fields_{};
  milliseconds oldest_{0};        ///< By the clock that says most,
  std::string_view oldest_of_{};  ///< of this.
  std::string no_age_{};          ///< Why nothing says how old the entry is; else empty.
  upstream_wish wish_{};
  upstream_refusal refusal_{};
};

}  // namespace

upstream_reading read_upstream(const stream_entry& entry, const upstream_moment& at,
                               const upstream_settings& settings, const intake_settings& intake) {
  return entry_reader(at, settings, intake).read(entry);
}

}  // namespace sluice
