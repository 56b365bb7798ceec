// Plans, facts and verdicts survive JSON exactly, whatever they hold.
#include "sluice/journal/facts_json.hpp"

#include <rapidcheck.h>

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

template <class T>
T any() {
  return *rc::gen::arbitrary<T>();
}
template <class T>
T any_of(int count) {
  return static_cast<T>(*rc::gen::inRange(0, count));
}
template <class T>
T any_decimal() {
  return T::from_raw(any<std::int64_t>());
}
/// Any text that JSON can hold: every code point from 1 to the end of ASCII, and some beyond.
std::string any_text() {
  std::string text;
  for (int c : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 140)))
    text += c < 128 ? std::string(1, static_cast<char>(c)) : std::string("\u20bf\u4e2d");
  return text;
}
instant any_instant() {
  return test::at_ns(any<std::int64_t>());
}
wall_time any_wall() {
  return {any<std::int64_t>()};
}
template <class Make>
auto maybe(Make make) -> std::optional<decltype(make())> {
  if (any<bool>())
    return make();
  return std::nullopt;
}

truth any_truth() {
  const auto kind = *rc::gen::inRange(0, 3);
  if (kind == 0)
    return position_unknown{};
  if (kind == 1)
    return position_flat{};
  return position_open{any_decimal<quantity>(), any_decimal<price>()};
}

hold any_hold() {
  return {.id = any<std::int64_t>(),
          .position = {symbol(any_text()), any_of<position_side>(3)},
          .cause = any_of<hold_cause>(4),
          .ledger_amount = any_decimal<quantity>(),
          .truth_amount = any_decimal<quantity>(),
          .evidence = any_text(),
          .since = any_wall()};
}

risk_limits any_risk() {
  return {any<std::int64_t>(),     any_decimal<notional>(),
          any_decimal<notional>(), any_decimal<notional>(),
          any<std::int64_t>(),     any<std::int64_t>(),
          any<std::int64_t>(),     any<std::int64_t>(),
          any<std::int64_t>(),     milliseconds{any<std::int64_t>()},
          any_decimal<notional>(), any<std::int64_t>(),
          any<std::int64_t>(),     any<std::int64_t>(),
          any<std::int64_t>(),     any<std::int64_t>()};
}

gate_limits any_limits() {
  const auto span = [] { return milliseconds{any<std::int64_t>()}; };
  return {.stale_after_exit = span(),
          .stale_after_entry = span(),
          .cooldown = span(),
          .mark_stale_after = span(),
          .allow_add = any<bool>(),
          .hold_blocks_reduce = any<bool>(),
          .drift_tolerance_percent = any<int>(),
          .risk = any_risk()};
}

margin_facts any_margin() {
  return {any_decimal<notional>(), any_decimal<notional>(), any_decimal<notional>(), any_instant(),
          any<bool>()};
}

exposure_facts any_exposure() {
  return {any<std::int64_t>(),     any<bool>(),         any_decimal<notional>(),
          any_decimal<notional>(), any<std::int64_t>(), any<std::int64_t>(),
          any<std::int64_t>(),     any<std::int64_t>(), any_decimal<notional>(),
          any<std::int64_t>(),     any<std::int64_t>(), maybe(any_margin)};
}

facts any_facts() {
  facts f;
  f.now = {any_instant(), any_wall()};
  f.mode = any_of<run_mode>(4);
  f.state = any_of<trading_state>(3);
  f.position = {any_truth(),
                any_instant(),
                {any<std::int64_t>()},
                any_of<truth_source>(5),
                any<std::uint64_t>()};
  f.ledger = maybe([] { return any_decimal<quantity>(); });
  f.missing_in = maybe(any_instant);
  f.overrides = any<std::vector<std::int64_t>>();
  f.instrument = maybe([] {
    return instrument_facts{any<bool>(),
                            any<bool>(),
                            any_decimal<quantity>(),
                            any_decimal<quantity>(),
                            any_decimal<quantity>(),
                            any_decimal<notional>(),
                            any<bool>(),
                            any<bool>()};
  });
  f.mark = maybe([] { return any_decimal<price>(); });
  f.mark_at = any_instant();
  f.in_flight = maybe([] {
    return order_in_flight{plan_id(any_text()), any_of<flight_phase>(3), any_instant()};
  });
  f.held = maybe(any_hold);
  f.last_fill_at = maybe(any_instant);
  f.source_allowed = any<bool>();
  f.exchange = {any<bool>(), any_text(), maybe(any_instant)};
  f.limits = any_limits();
  f.exposure = maybe(any_exposure);
  return f;
}

// Compared field by field, by code that knows nothing of the JSON.
bool same(const truth_view& a, const truth_view& b) {
  return a.content == b.content && a.as_of == b.as_of && a.changed_at == b.changed_at &&
         a.source == b.source && a.version == b.version;
}
bool same(const std::optional<instrument_facts>& a, const std::optional<instrument_facts>& b) {
  if (!a || !b)
    return a.has_value() == b.has_value();
  return a->tradable == b->tradable && a->step == b->step && a->min_quantity == b->min_quantity &&
         a->max_quantity == b->max_quantity && a->min_notional == b->min_notional &&
         a->offered == b->offered && a->closed == b->closed && a->in_usdt == b->in_usdt;
}
bool same(const reach& a, const reach& b) {
  return a.reachable == b.reachable && a.why == b.why && a.banned_until == b.banned_until;
}
bool same(const facts& a, const facts& b) {
  return a.now.steady == b.now.steady && a.now.wall == b.now.wall && a.mode == b.mode &&
         a.state == b.state && same(a.position, b.position) && same(a.instrument, b.instrument) &&
         a.mark == b.mark && a.mark_at == b.mark_at && a.in_flight == b.in_flight &&
         a.held == b.held && a.last_fill_at == b.last_fill_at && a.missing_in == b.missing_in &&
         a.source_allowed == b.source_allowed && same(a.exchange, b.exchange) &&
         a.limits == b.limits && a.exposure == b.exposure;
}

measure any_measure() {
  switch (*rc::gen::inRange(0, 7)) {
    case 0:
      return std::monostate{};
    case 1:
      return milliseconds{any<std::int64_t>()};
    case 2:
      return any_decimal<quantity>();
    case 3:
      return any_decimal<price>();
    case 4:
      return any_decimal<notional>();
    case 5:
      return any<std::int64_t>();
    default:
      return any_text();
  }
}

verdict any_verdict() {
  verdict v;
  v.kind = any_of<verdict_kind>(3);
  const int refusals = *rc::gen::inRange(0, 4);
  for (int i = 0; i < refusals; ++i)
    v.refusals.push_back({any_of<refusal_code>(refusal_code_count), any_measure(), any_measure()});
  v.terms = maybe([] {
    return order_terms{any_of<side>(2), any_decimal<quantity>(), any<bool>(), any<std::uint64_t>(),
                       any_instant()};
  });
  return v;
}

bool same(const verdict& a, const verdict& b) {
  if (a.kind != b.kind || a.refusals != b.refusals || a.terms.has_value() != b.terms.has_value())
    return false;
  return !a.terms ||
         (a.terms->direction == b.terms->direction && a.terms->amount == b.terms->amount &&
          a.terms->reduce_only == b.terms->reduce_only &&
          a.terms->truth_version == b.terms->truth_version && a.terms->expires == b.terms->expires);
}

plan_body any_body() {
  const auto kind = *rc::gen::inRange(0, 3);
  if (kind == 0)
    return cancel_plan{plan_id(any_text())};
  if (kind == 1)
    return reduce_plan{
        any_decimal<quantity>(), any_text(), {}, any_decimal<quantity>(), *rc::gen::inRange(-1, 2)};
  const auto at = [] { return any_decimal<price>(); };
  return open_plan{any_of<side>(2),
                   maybe([] { return any_decimal<quantity>(); }),
                   maybe([] { return any_decimal<notional>(); }),
                   maybe([] { return any_decimal<notional>(); }),
                   maybe(at),
                   maybe(at),
                   maybe([] { return milliseconds{any<std::int64_t>()}; })};
}

plan any_plan() {
  return {.id = plan_id(any_text()),
          .source = source_id(any_text()),
          .instrument = symbol(any_text()),
          .leg = any_of<position_side>(3),
          .body = any_body(),
          .created_at = any_wall(),
          .received = {any_instant(), any_wall()},
          .deadline = any_instant(),
          .deadline_wall = any_wall()};
}

bool same(const plan& a, const plan& b) {
  return a.id == b.id && a.source == b.source && a.instrument == b.instrument && a.leg == b.leg &&
         a.body == b.body && a.created_at == b.created_at &&
         a.received.steady == b.received.steady && a.received.wall == b.received.wall &&
         a.deadline == b.deadline && a.deadline_wall == b.deadline_wall;
}

TEST_CASE("any facts come back from JSON as they went in") {
  CHECK(rc::check([] {
    const auto f = any_facts();
    const auto back = parse_facts(to_json(f));
    RC_ASSERT(back.has_value());
    RC_ASSERT(same(*back, f));
  }));
}

TEST_CASE("any verdict comes back from JSON as it went in") {
  CHECK(rc::check([] {
    const auto v = any_verdict();
    const auto now = any_instant();
    const auto back = parse_verdict(to_json(v, now), now);
    RC_ASSERT(back.has_value());
    RC_ASSERT(same(*back, v));
  }));
}

TEST_CASE("any plan comes back from JSON as it went in") {
  CHECK(rc::check([] {
    const auto p = any_plan();
    const auto back = parse_plan(to_json(p));
    RC_ASSERT(back.has_value());
    RC_ASSERT(same(*back, p));
  }));
}

TEST_CASE("ages in stored facts are relative to their own now") {
  const auto text = to_json(test::some_facts());
  CHECK_THAT(text, ContainsSubstring(R"("now":"2026-11-18T)"));
  CHECK_THAT(text, ContainsSubstring(R"("now_ns":6000000000)"));
  CHECK_THAT(text, ContainsSubstring(R"("as_of_ns":-100000000)"));
  CHECK_THAT(text, ContainsSubstring(R"({"kind":"open","amount":"-0.5","entry":"97123.4"})"));
}

TEST_CASE("text that is not UTF-8 is stored as text that is") {
  struct sample {
    const char* name;
    std::string in;
    std::string out;
  };
  const std::string bad = "\xEF\xBF\xBD";
  const auto samples = {
      sample{"a lone continuation byte", "a\x80z", "a" + bad + "z"},
      sample{"a cut sequence", "\xE2\x82", bad + bad},
      sample{"an overlong slash", "\xC0\xAF", bad + bad},
      sample{"a surrogate", "\xED\xA0\x80", bad + bad + bad},
      sample{"past the last code point", "\xF4\x90\x80\x80", bad + bad + bad + bad},
      sample{"the last code point", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"}};
  for (const auto& s : samples) {
    INFO(s.name);
    auto f = test::some_facts();
    f.exchange.why = s.in;
    const auto back = parse_facts(to_json(f));
    REQUIRE(back.has_value());
    CHECK(back->exchange.why == s.out);
  }
}

TEST_CASE("facts with a missing, wrong or unknown word are refused and the field is named") {
  struct sample {
    const char* from;
    const char* to;
    const char* field;
  };
  for (const auto& s : {sample{R"("source_allowed":true,)", "", "source_allowed"},
                        sample{R"("mode":"demo")", R"("mode":"wild")", "mode"},
                        sample{R"("mark":"97200.5")", R"("mark":97200.5)", "mark"},
                        sample{R"("version":42)", R"("version":-1)", "position"},
                        sample{R"("kind":"open")", R"("kind":"ajar")", "position"}}) {
    auto text = to_json(test::some_facts());
    const auto at = text.find(s.from);
    REQUIRE(at != std::string::npos);
    const auto back = parse_facts(text.replace(at, std::string(s.from).size(), s.to));
    REQUIRE_FALSE(back.has_value());
    CHECK(back.error().code == errc::malformed);
    CHECK_THAT(back.error().text, ContainsSubstring(s.field));
  }
  CHECK_FALSE(parse_facts("{").has_value());
  CHECK_FALSE(parse_facts("[]").has_value());
}

}  // namespace
}  // namespace sluice::journal
