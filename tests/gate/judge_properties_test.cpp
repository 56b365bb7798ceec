// What must hold for every plan and all facts, tried on random ones.
#include <rapidcheck.h>

#include <algorithm>
#include <functional>

#include "gate_builders.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

/// Over the whole range in every run: RapidCheck's own ranges start small.
template <class Int>
Int draw(Int low, Int high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Int>(low, high));
}

template <class T>
T raw_between(std::int64_t low, std::int64_t high) {
  return T::from_raw(draw(low, high));
}

/// Whole multiples of 0.0005: half of them are off the instrument's step.
quantity some_quantity(std::int64_t steps_max) {
  return quantity::from_raw(draw<std::int64_t>(0, steps_max) * 50'000);
}

bool one_in(int n) {
  return draw(0, n) == 0;
}

milliseconds some_span(int max_ms) {
  return milliseconds{draw(0, max_ms)};
}

truth some_truth() {
  if (one_in(6))
    return position_unknown{};
  if (one_in(3))
    return position_flat{};
  const auto amount = some_quantity(2'000) + quantity::from_raw(50'000);
  return position_open{one_in(2) ? amount : -amount, px("50000")};
}

plan some_plan() {
  const auto side_of = one_in(2) ? side::buy : side::sell;
  plan p = a_reduce();
  if (one_in(2))
    p.body = reduce_plan{.target = some_quantity(2'000),
                         .reason = {},
                         .numbers = {},
                         .part_of = one_in(3) ? some_quantity(2'000) : quantity{},
                         .of_side = one_in(3) ? (one_in(2) ? 1 : -1) : 0};
  else if (one_in(2))
    p.body = open_plan{.direction = side_of, .amount = some_quantity(2'000)};
  else
    p.body = open_plan{.direction = side_of, .value = raw_between<notional>(1, 10'000'000'000'000)};
  p.deadline = start + some_span(20'000) - milliseconds{500};
  return p;
}

void spoil(facts& f) {
  if (one_in(3))
    f.state = one_in(2) ? trading_state::halted : trading_state::reduce_only;
  if (one_in(3))
    f.instrument.reset();
  if (one_in(3))
    f.mark.reset();
  if (one_in(3))
    f.held = hold{.id = 1, .position = btc(), .cause = hold_cause::side_flip};
  if (one_in(3))
    f.last_fill_at = start - some_span(30'000);
  if (one_in(3))
    f.exchange.reachable = false;
  if (one_in(3))
    f.exchange.banned_until = start + some_span(1'000) - milliseconds{500};
  if (one_in(3))
    f.in_flight = order_in_flight{
        plan_id{"other"}, one_in(2) ? flight_phase::unknown : flight_phase::unreflected, start};
}

/// A third of them spoilt in several ways, so that enough plans pass to say something of permits.
facts some_facts() {
  facts f = facts_for_open();
  f.position = seen(some_truth(), start - some_span(11'000));
  f.mark_at = start - some_span(11'000);
  f.instrument->min_quantity = some_quantity(20);
  f.instrument->max_quantity = one_in(2) ? quantity{} : some_quantity(3'000);
  f.instrument->min_notional = raw_between<notional>(0, 20'000'000'000);
  f.source_allowed = !one_in(20);
  if (one_in(2))
    f.ledger = one_in(2) ? amount_of(f.position.content) : -some_quantity(2'000);
  f.instrument->tradable = !one_in(20);
  f.instrument->closed = one_in(20);
  f.limits.allow_add = one_in(2);
  f.limits.hold_blocks_reduce = one_in(2);
  if (one_in(3))
    spoil(f);
  return f;
}

std::optional<order_terms> terms_if_allowed(const plan& p, const facts& f) {
  return to_verdict(judge(p, f, milliseconds{2'000})).terms;
}

template <class T>
bool exceeds(const measure& a, const measure& b) {
  return std::get<T>(a) > std::get<T>(b);
}

/// True when what was observed really breaks the limit it was held against.
bool violates(const refusal& r) {
  switch (r.code) {
    case refusal_code::plan_expired:
      return std::get<milliseconds>(r.observed) >= std::get<milliseconds>(r.limit);
    case refusal_code::stale_exchange_state:
    case refusal_code::exchange_banned:
      return exceeds<milliseconds>(r.observed, r.limit);
    case refusal_code::cooldown_in_flight:
      return exceeds<milliseconds>(r.limit, r.observed);
    case refusal_code::already_at_target:
      return !exceeds<quantity>(r.observed, r.limit);
    case refusal_code::below_min_quantity:
      return exceeds<quantity>(r.limit, r.observed);
    case refusal_code::above_max_quantity:
      return exceeds<quantity>(r.observed, r.limit);
    case refusal_code::below_min_notional:
      return exceeds<notional>(r.limit, r.observed);
    case refusal_code::would_increase:
      return !std::get<quantity>(r.observed).is_zero();
    case refusal_code::would_flip:
    case refusal_code::position_exists:
    case refusal_code::reconcile_required_qty_mismatch:
      return exceeds<quantity>(r.observed, r.limit) || std::get<quantity>(r.observed).is_zero();
    case refusal_code::reconcile_required_side_mismatch:
      return std::get<quantity>(r.observed).sign() * std::get<quantity>(r.limit).sign() < 0;
    case refusal_code::no_mark_price:
      return !std::holds_alternative<milliseconds>(r.observed) ||
             exceeds<milliseconds>(r.observed, r.limit);
    default:
      return true;
  }
}

/// A hundred cases of ten draws each.
void property(const char* name, const std::function<void()>& body) {
  CHECK(rc::check(name, [&] {
    for (int i = 0; i < 10; ++i)
      body();
  }));
}

}  // namespace

TEST_CASE("nothing is allowed on unknown, stale, held, halted or unreachable facts") {
  property("fail closed", [] {
    const auto p = some_plan();
    const auto f = some_facts();
    const auto terms = terms_if_allowed(p, f);
    RC_CLASSIFY(terms.has_value(), "allowed");
    if (!terms)
      return;
    const bool opens = std::holds_alternative<open_plan>(p.body);
    RC_ASSERT(is_known(f.position.content));
    RC_ASSERT(f.now.steady - f.position.as_of <= milliseconds{10'000});
    RC_ASSERT(f.state != trading_state::halted);
    RC_ASSERT(!opens || f.state == trading_state::active);
    RC_ASSERT(!f.held || (!opens && !f.limits.hold_blocks_reduce));
    RC_ASSERT(!f.in_flight);
    RC_ASSERT(f.exchange.reachable);
    RC_ASSERT(f.now.steady < p.deadline);
    RC_ASSERT((f.instrument && (opens ? f.instrument->tradable : !f.instrument->closed)));
    RC_ASSERT(f.source_allowed);
  });
}

TEST_CASE("a reduce never exceeds, never flips and never increases the position") {
  property("safe quantity", [] {
    auto p = some_plan();
    p.body = reduce_plan{some_quantity(2'000), ""};
    const auto f = some_facts();
    const auto terms = terms_if_allowed(p, f);
    RC_CLASSIFY(terms.has_value(), "allowed");
    if (!terms)
      return;
    const auto held = amount_of(f.position.content);
    RC_ASSERT(terms->reduce_only);
    RC_ASSERT(terms->amount.sign() > 0);
    RC_ASSERT(terms->amount <= held.abs());
    RC_ASSERT(terms->direction == (held.sign() > 0 ? side::sell : side::buy));
    const auto step = f.instrument->step;
    RC_ASSERT(on_step(terms->amount, step) || (terms->amount == held.abs() && held.abs() < step));
    const auto rest = held.abs() - terms->amount;
    const auto target = std::get<reduce_plan>(p.body).target;
    const auto dust = std::max(f.instrument->min_quantity, f.instrument->step);
    RC_ASSERT(rest >= target || (rest < step && target < dust + step));
  });
}

TEST_CASE("a part never closes more than it was of the position that it was reckoned from") {
  property("part of a position", [] {
    auto p = some_plan();
    const auto whole = some_quantity(2'000);
    const auto target = std::min(some_quantity(2'000), whole);
    const bool is_short = one_in(2);
    p.body = reduce_plan{
        .target = target, .reason = {}, .numbers = {}, .part_of = is_short ? -whole : whole};
    const auto f = some_facts();
    const auto terms = terms_if_allowed(p, f);
    RC_CLASSIFY(terms.has_value(), "allowed");
    if (!terms || whole.is_zero())
      return;
    const auto rest = amount_of(f.position.content).abs() - terms->amount;
    RC_ASSERT(terms->amount <= whole - target || rest < f.instrument->step);
    RC_ASSERT(terms->direction == (is_short ? side::buy : side::sell));
  });
}

TEST_CASE("a close that is meant for one side never trades against a position on the other") {
  property("close of one side", [] {
    auto p = some_plan();
    const int side_of = one_in(2) ? 1 : -1;
    p.body = reduce_plan{.target = some_quantity(2'000),
                         .reason = {},
                         .numbers = {},
                         .part_of = {},
                         .of_side = side_of};
    const auto terms = terms_if_allowed(p, some_facts());
    RC_CLASSIFY(terms.has_value(), "allowed");
    if (terms)
      RC_ASSERT(terms->direction == (side_of > 0 ? side::sell : side::buy));
  });
}

TEST_CASE("an open never exceeds what was asked, stays on the step and within the filters") {
  property("open size", [] {
    auto p = some_plan();
    const auto asked = some_quantity(2'000);
    p.body = open_plan{.direction = side::buy, .amount = asked};
    auto f = some_facts();
    f.position.content = position_flat{};
    const auto terms = terms_if_allowed(p, f);
    RC_CLASSIFY(terms.has_value(), "allowed");
    if (!terms)
      return;
    const auto& i = *f.instrument;
    RC_ASSERT(terms->amount <= asked);
    RC_ASSERT(on_step(terms->amount, i.step));
    RC_ASSERT(terms->amount >= i.min_quantity);
    RC_ASSERT(i.max_quantity.is_zero() || terms->amount <= i.max_quantity);
    RC_ASSERT(terms->amount * *f.mark >= i.min_notional);
  });
}

TEST_CASE("the same facts give the same verdict") {
  property("determinism", [] {
    const auto p = some_plan();
    const auto f = some_facts();
    const auto one = to_verdict(judge(p, f, milliseconds{2'000}));
    const auto two = to_verdict(judge(p, f, milliseconds{2'000}));
    RC_ASSERT(one.kind == two.kind);
    RC_ASSERT(one.refusals == two.refusals);
    RC_ASSERT((one.kind == verdict_kind::allow) == one.refusals.empty());
    RC_ASSERT((one.kind == verdict_kind::allow) == one.terms.has_value());
  });
}

TEST_CASE("every refusal's observation really violates its limit, in the order of the codes") {
  property("refusals", [] {
    const auto outcome = to_verdict(judge(some_plan(), some_facts(), milliseconds{2'000}));
    for (const auto& r : outcome.refusals) {
      RC_LOG(std::string{to_string(r.code)});
      RC_ASSERT(violates(r));
    }
    RC_ASSERT(std::is_sorted(outcome.refusals.begin(), outcome.refusals.end(),
                             [](const auto& a, const auto& b) { return a.code < b.code; }));
  });
}

TEST_CASE("only missing truth speaks of truth that is missing") {
  property("unknown", [] {
    auto f = some_facts();
    f.position = truth_view{};
    for (const auto& r : to_verdict(judge(some_plan(), f, milliseconds{2'000})).refusals) {
      RC_ASSERT(r.code != refusal_code::stale_exchange_state);
      RC_ASSERT(r.code != refusal_code::no_position);
      RC_ASSERT(r.code != refusal_code::already_at_target);
      RC_ASSERT(r.code != refusal_code::position_exists);
    }
  });
}

TEST_CASE("more rules can only refuse more") {
  property("monotone", [] {
    const auto p = some_plan();
    const auto f = some_facts();
    const auto all = refusals_of(rules(), p, f);
    std::vector<rule> some;
    for (const auto& r : rules())
      if (one_in(2))
        some.push_back(r);
    const auto fewer = refusals_of(some, p, f);
    RC_CLASSIFY(fewer.empty() && !all.empty(), "allowed by fewer rules only");
    // Exactly those of `all` whose rules were asked, with the same numbers.
    std::vector<refusal> expected;
    for (const auto& r : all)
      if (std::ranges::find(some, r.code, &rule::code) != some.end())
        expected.push_back(r);
    RC_ASSERT(fewer == expected);
    // A rule of somebody else's that always refuses leaves nothing allowed, and changes no other.
    some.push_back({refusal_code::interrupted,
                    {.open = true, .reduce = true, .cancel = true},
                    [](const plan&, const facts&) {
                      return check_result{false, {}, {}};
                    }});
    expected.push_back({refusal_code::interrupted, {}, {}});
    RC_ASSERT(refusals_of(some, p, f) == expected);
  });
}

TEST_CASE("an entry that may add is never allowed while the books disagree with the exchange") {
  property("books", [] {
    auto p = some_plan();
    p.body = open_plan{.direction = side::buy, .amount = some_quantity(2'000)};
    auto f = some_facts();
    f.position.content = position_open{some_quantity(2'000) + quantity::from_raw(1), px("50000")};
    f.ledger = some_quantity(4'000) - quantity::from_raw(50'000'000);
    f.limits.allow_add = true;
    const auto terms = terms_if_allowed(p, f);
    RC_CLASSIFY(terms.has_value(), "allowed");
    if (!terms)
      return;
    const auto held = amount_of(f.position.content);
    RC_ASSERT(held.sign() * f.ledger->sign() > 0);
    const auto one_percent = quantity::from_raw(held.raw() / 100);
    RC_ASSERT((held - *f.ledger).abs() <= std::max(one_percent, f.instrument->step));
  });
}
