// Text through the reader of plans and the planner: all or nothing, what is taken is usable, and
// what is printed again is the same plan.
#include <algorithm>

#include "sluice/planning/plan_json.hpp"
#include "sluice/planning/planner.hpp"
#include "sluice/planning/upstream_plan.hpp"
#include "target.hpp"

namespace sluice::fuzz {
namespace {

const stamp received{instant{std::chrono::hours{1}}, {1'795'000'000'000}};
const arrival by_one_clock{received, received.wall};
const intake_settings settings{};

void check_refusal(const std::vector<field_fault>& faults) {
  require(!faults.empty() && faults.size() <= 100, "a refusal has between one and 100 faults");
  for (const auto& f : faults) {
    require(f.pointer.empty() || f.pointer.front() == '/', "a fault has a JSON pointer");
    require(!f.reason.empty(), "a fault has a reason");
  }
}

void check_body(const plan& p, const open_plan& o) {
  require((o.amount.has_value() ? 1 : 0) + (o.value.has_value() ? 1 : 0) +
                  (o.risk.has_value() ? 1 : 0) ==
              1,
          "an open plan has exactly one size");
  require(!o.risk || o.stop, "a plan sized by risk has a stop");
  for (const auto raw :
       {o.amount ? o.amount->raw() : 1, o.value ? o.value->raw() : 1, o.risk ? o.risk->raw() : 1,
        o.stop ? o.stop->raw() : 1, o.target ? o.target->raw() : 1})
    require(raw > 0, "what an open plan names is above zero");
  require(!o.time_limit || o.time_limit->count() > 0, "a time limit lasts");
  require(lane_of(p) == lane::entry, "an open plan is an entry");
}
void check_body(const plan& p, const reduce_plan& r) {
  require(r.target.sign() >= 0 && r.part_of.is_zero() && r.of_side == 0,
          "a target is not below zero");
  require(r.reason.size() <= 64 && r.numbers.empty(), "a reason is short");
  require(lane_of(p) == lane::exit, "a reduce plan is an exit");
}
void check_body(const plan& p, const cancel_plan& c) {
  require(parse_plan_id(c.target.str()).has_value(), "a cancel names a plan");
  require(lane_of(p) == lane::exit, "a cancel is an exit");
}

void check_plan(const plan& p, bool late) {
  require(parse_plan_id(p.id.str()).has_value() && !is_own_plan_id(p.id), "an id is one");
  require(parse_source_id(p.source.str()).has_value() && !is_own_source(p.source),
          "a source is one, and none of ours");
  const bool may_lack = std::holds_alternative<cancel_plan>(p.body) && p.instrument.empty();
  require(may_lack || parse_symbol(p.instrument.str()).has_value(), "a symbol is one");
  require(late ? p.deadline == received.steady
               : p.deadline > received.steady && p.deadline <= received.steady + settings.max_ttl,
          "a plan lives, and no longer than it may");
  require(p.deadline_wall.ms - received.wall.ms == between(received.steady, p.deadline).count(),
          "both deadlines are the same moment");
  std::visit([&](const auto& body) { check_body(p, body); }, p.body);
}

/// Printed, read again and printed again.
void check_print(const plan& p) {
  const auto text = plan_to_json(p);
  const auto again = parse_plans(text, by_one_clock, settings);
  require(again.has_value() && again->plans.size() == 1 && !again->batch,
          "a printed plan is a document of one plan");
  const auto& q = again->plans.front();
  require(q.id == p.id && content_hash(q) == content_hash(p) && same_intent(q, p) &&
              q.created_at == p.created_at && q.deadline == p.deadline &&
              q.deadline_wall == p.deadline_wall,
          "a printed plan is the same plan");
  require(plan_to_json(q) == text, "the same plan prints the same");
}

void check_batch(const std::vector<plan>& plans) {
  std::string text;
  for (const auto& p : plans)
    text += (text.empty() ? "[" : ",") + plan_to_json(p);
  const auto again = parse_plans(text + "]", by_one_clock, settings);
  require(again.has_value() && again->batch && again->plans.size() == plans.size(),
          "printed plans are a batch");
  require(std::equal(plans.begin(), plans.end(), again->plans.begin(),
                     [](const plan& a, const plan& b) {
                       return a.id == b.id && content_hash(a) == content_hash(b);
                     }),
          "a batch keeps its plans and their order");
}

void check_order(std::vector<plan> plans) {
  const auto exits = std::count_if(plans.begin(), plans.end(),
                                   [](const plan& p) { return lane_of(p) == lane::exit; });
  order_exits_first(plans);
  require(std::all_of(plans.begin(), plans.begin() + exits,
                      [](const plan& p) { return lane_of(p) == lane::exit; }),
          "exits stand before entries");
}

/// No plan is ever taken twice, and no other content under an id that was taken.
void check_planner(const std::vector<plan>& plans) {
  planner_core planner{1'000};
  for (const auto& p : plans) {
    const auto first = planner.offer(p);
    const auto second = planner.offer(p);
    require(second.kind != offer_kind::fresh, "a plan is fresh once");
    if (first.kind != offer_kind::fresh)
      continue;
    require(second.kind == offer_kind::repeat, "the same plan again is a repetition");
    auto other = p;
    other.body = reduce_plan{.target = quantity::from_raw(1), .reason = "another"};
    if (content_hash(other) != content_hash(p))
      require(planner.offer(other).kind == offer_kind::conflict,
              "another content under the same id is a conflict");
  }
}

void check_upstream(std::string_view text) {
  upstream_settings upstream;
  upstream.entry_sources = {source_id{"brain"}};
  upstream.default_source = "apply";
  const stream_entry entry{"1794999999000-0", {{"payload", std::string{text}}}};
  const auto read = read_upstream(entry, {by_one_clock, received.wall.ms}, upstream, settings);
  const auto* wish = std::get_if<upstream_wish>(&read);
  if (!wish)
    return;
  require(parse_plan_id(wish->id.str()).has_value() && !is_own_plan_id(wish->id) &&
              parse_symbol(wish->instrument.str()).has_value() && !is_own_source(wish->source),
          "a wish of another pipeline is named");
  const auto again = read_upstream(entry, {by_one_clock, received.wall.ms}, upstream, settings);
  require(std::get<upstream_wish>(again) == *wish, "an entry says the same twice");
  const auto* open = std::get_if<open_plan>(&wish->what);
  require(open == nullptr || wish->source == upstream.entry_sources.front(),
          "only who may open opens");
  const truth held = position_open{quantity::whole(3), price::whole(100)};
  const auto made = plan_for_upstream(*wish, held, received, settings);
  require(made.id == wish->id && made.deadline > received.steady, "a wish makes a plan of its id");
  if (const auto* close = std::get_if<reduce_plan>(&made.body))
    require(close->target.sign() >= 0 && close->target <= quantity::whole(3),
            "a close leaves no more than was held");
}

/// A second clock makes no exit late and no late entry good.
void check_clocks(std::string_view input, const plan_document& by_one) {
  const auto is_late = [](const plan_document& d, const plan_id& id) {
    return std::ranges::any_of(d.late, [&](const late_plan& l) { return l.id == id; });
  };
  for (const std::int64_t ahead : {-3'600'000, 3'600'000}) {
    const auto by_two = parse_plans(input, {received, {received.wall.ms + ahead}}, settings);
    if (!by_two)
      continue;
    for (const auto& p : by_two->plans)
      if (std::ranges::count(by_one.plans, p.id, &plan::id) != 1)
        continue;
      else if (lane_of(p) == lane::exit)
        require(!is_late(*by_two, p.id) || is_late(by_one, p.id), "an exit is as young as can be");
      else if (p.created_at.ms <= received.wall.ms)
        require(is_late(*by_two, p.id) || !is_late(by_one, p.id), "an entry is as old as can be");
  }
}

}  // namespace

void check(std::string_view input) {
  const auto read = parse_plans(input, by_one_clock, settings);
  require(read.has_value() ==
              parse_plans(std::string{input} + " \n", by_one_clock, settings).has_value(),
          "white space at the end says nothing");
  check_upstream(input);
  if (!read)
    return check_refusal(read.error());
  require(!read->plans.empty() && (read->batch || read->plans.size() == 1),
          "a document has its plans");
  for (const auto& p : read->plans) {
    check_plan(p, std::ranges::any_of(read->late, [&](const auto& l) { return l.id == p.id; }));
    check_print(p);
  }
  check_clocks(input, *read);
  check_batch(read->plans);
  check_order(read->plans);
  check_planner(read->plans);
}

}  // namespace sluice::fuzz
