// The fields of each kind of plan, what they admit, and how they go back into a document.
#include "plan_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "field_reader.hpp"
#include "plan_field_table.hpp"

namespace sluice {
namespace {

/// An empty kind has its own fault; then only the names are checked.
void check_names(field_reader& in, std::string_view kind) {
  for (const auto& field : in.object().fields) {
    const auto known = std::find_if(known_fields.begin(), known_fields.end(),
                                    [&](const known_field& k) { return k.name == field.name; });
    if (known == known_fields.end())
      in.fault(field.name, "is not a field of a plan");
    else if (!kind.empty() && presence_in(*known, kind) == presence::never)
      in.fault(field.name, fmt::format("does not belong to a plan of kind {}", kind));
  }
}

std::string read_kind(field_reader& in) {
  const auto kind = in.required("kind");
  if (!kind)
    return {};
  if (*kind == "open" || *kind == "reduce" || *kind == "cancel")
    return *kind;
  in.fault("kind", "must be open, reduce or cancel");
  return {};
}

std::optional<side> read_side(field_reader& in) {
  const auto text = in.required("side");
  if (!text)
    return std::nullopt;
  const auto direction = parse_side(*text);
  if (!direction)
    in.fault("side", "must be buy or sell");
  return direction;
}

position_side read_leg(field_reader& in) {
  const auto text = in.text("position_side");
  if (!text)
    return position_side::both;
  const auto leg = parse_position_side(*text);
  if (!leg)
    in.fault("position_side", "must be both, long or short");
  return leg.value_or(position_side::both);
}

void check_size(field_reader& in) {
  constexpr std::array<std::string_view, 3> sizes{"quantity", "notional", "risk"};
  std::vector<std::string_view> given;
  for (const auto name : sizes)
    if (in.has(name))
      given.push_back(name);
  if (given.size() != 1)
    in.fault(given.empty() ? sizes.front() : given[1],
             "exactly one of quantity, notional and risk must be given");
  if (in.has("risk") && !in.has("stop"))
    in.fault("stop", "is missing: a plan sized by risk loses it there");
}

void check_open(field_reader& in, const open_plan& o, position_side leg) {
  check_size(in);
  const bool buys = o.direction == side::buy;
  if ((leg == position_side::long_ && !buys) || (leg == position_side::short_ && buys))
    in.fault("side", "a long leg is opened by buy, a short leg by sell");
  if (o.stop && o.target && (buys ? *o.stop >= *o.target : *o.stop <= *o.target))
    in.fault("stop", "must be on the losing side of take_profit");
}

open_plan read_open(field_reader& in, position_side leg) {
  open_plan o;
  const auto direction = read_side(in);
  o.direction = direction.value_or(side::buy);
  o.amount = in.positive<quantity>("quantity");
  o.value = in.positive<notional>("notional");
  o.risk = in.positive<notional>("risk");
  o.stop = in.positive<price>("stop");
  o.target = in.positive<price>("take_profit");
  o.time_limit = in.span("time_limit");
  if (direction)
    check_open(in, o, leg);
  return o;
}

reduce_plan read_reduce(field_reader& in) {
  reduce_plan r;
  if (!in.has("target"))
    in.fault("target", "is missing: what may stay at most, \"0\" to close");
  r.target = in.decimal<quantity>("target").value_or(quantity{});
  r.reason = in.text("reason").value_or(std::string{});
  const bool plain = std::all_of(r.reason.begin(), r.reason.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '\x7f';
  });
  if (r.reason.size() > reason_bytes_max || !plain)
    in.fault("reason", "takes at most 64 bytes without control characters");
  return r;
}

cancel_plan read_cancel(field_reader& in) {
  return {in.parsed<plan_id>("cancels", in.required("cancels"), parse_plan_id).value_or(plan_id{})};
}

using late_faults = std::vector<late_plan>;

/// From what a producer wrote to the arrival, as the lane has it: what is too late for an entry by
/// either clock is, and an exit is in time as long as one of them says so.
milliseconds age_of(wall_time written, const plan& p, const arrival& received) {
  const auto by = ages_of(written, received);
  return lane_of(p) == lane::entry ? by.oldest : by.youngest;
}

void read_created_at(field_reader& in, plan& p, const arrival& received,
                     const intake_settings& settings, late_faults& late) {
  const auto* source = settings.find(p.source);
  if (!in.has("created_at") &&
      (settings.require_created_at || (source && source->require_created_at)))
    in.fault("created_at", "is missing, and this source must tell how old its plans are");
  const auto created = in.time("created_at");
  if (!created)
    return;
  p.created_at = *created;
  const auto age = age_of(*created, p, received);
  if (age > settings.max_age)
    late.push_back({p.id, in.fault_of("created_at",
                                      fmt::format("is older than {}: a backlog is not carried out",
                                                  format_duration(settings.max_age)))});
  // What lies in the future has no age: some clock was set. No exit may be lost for that, nor one
  // that came in a line with such an entry.
  if (-age > settings.max_clock_lead && std::holds_alternative<open_plan>(p.body))
    late.push_back(
        {p.id, in.fault_of("created_at", fmt::format("lies more than {} in the future",
                                                     format_duration(settings.max_clock_lead)))});
}

/// Both forms count from the receipt and end at max_ttl.
void read_deadline(field_reader& in, plan& p, const arrival& received,
                   const intake_settings& settings, late_faults& late) {
  if (in.has("ttl") && in.has("deadline"))
    in.fault("deadline", "only one of ttl and deadline may be given");
  milliseconds left = in.span("ttl").value_or(settings.default_ttl);
  if (const auto deadline = in.time("deadline")) {
    left = -age_of(*deadline, p, received);
    if (left.count() <= 0)
      late.push_back({p.id, in.fault_of("deadline", "has passed")});
  }
  // Also a deadline of another century: in nanoseconds it would not fit.
  left = std::clamp(left, milliseconds{0}, settings.max_ttl);
  p.deadline = p.received.steady + left;
  p.deadline_wall = {p.received.wall.ms + left.count()};
}

void read_identity(field_reader& in, plan& p, std::string_view kind) {
  p.id = in.parsed<plan_id>("plan_id", in.required("plan_id"), parse_plan_id).value_or(plan_id{});
  p.source =
      in.parsed<source_id>("source", in.required("source"), parse_source_id).value_or(source_id{});
  if (is_own_plan_id(p.id))
    in.fault("plan_id",
             fmt::format("begins like this process's own plans ({}, {}, {}, {}); take another",
                         exit_plan_prefix, close_plan_prefix, flatten_plan_prefix,
                         supersede_plan_prefix));
  if (is_own_source(p.source))
    in.fault("source", fmt::format("{} is this process's own; take another name", p.source.str()));
  // A cancel names its plan; the symbol would add nothing.
  auto name = kind == "cancel" ? in.text("symbol") : in.required("symbol");
  p.instrument = in.parsed<symbol>("symbol", std::move(name), parse_symbol).value_or(symbol{});
  p.leg = read_leg(in);
}

template <class T>
void add_optional(raw_object& out, const char* name, const std::optional<T>& value) {
  if (value)
    out.fields.push_back({name, field_kind::text, value->str()});
}

struct body_fields {
  raw_object& out;

  void operator()(const open_plan& o) const {
    out.fields.push_back({"side", field_kind::text, std::string{to_string(o.direction)}});
    add_optional(out, "quantity", o.amount);
    add_optional(out, "notional", o.value);
    add_optional(out, "risk", o.risk);
    add_optional(out, "stop", o.stop);
    add_optional(out, "take_profit", o.target);
    if (o.time_limit)
      out.fields.push_back({"time_limit", field_kind::text, format_duration(*o.time_limit)});
  }
  void operator()(const reduce_plan& r) const {
    out.fields.push_back({"target", field_kind::text, r.target.str()});
    if (!r.reason.empty())
      out.fields.push_back({"reason", field_kind::text, r.reason});
  }
  void operator()(const cancel_plan& c) const {
    out.fields.push_back({"cancels", field_kind::text, c.target.str()});
  }
};

}  // namespace

std::optional<plan> plan_of(const raw_object& object, const std::string& pointer,
                            const arrival& received, const intake_settings& settings,
                            std::vector<field_fault>& faults, std::vector<late_plan>& late) {
  const auto faults_before = faults.size();
  const auto late_before = late.size();
  field_reader in(object, pointer, faults);
  plan p;
  p.received = received.at;
  const auto kind = read_kind(in);
  check_names(in, kind);
  read_identity(in, p, kind);
  if (kind == "open")
    p.body = read_open(in, p.leg);
  else if (kind == "reduce")
    p.body = read_reduce(in);
  else if (kind == "cancel")
    p.body = read_cancel(in);
  read_created_at(in, p, received, settings, late);
  read_deadline(in, p, received, settings, late);
  if (faults.size() != faults_before)
    return std::nullopt;
  if (late.size() != late_before) {
    p.deadline = received.at.steady;
    p.deadline_wall = received.at.wall;
  }
  return p;
}

raw_object fields_of(const plan& p) {
  raw_object out;
  const auto add = [&](const char* name, std::string text) {
    out.fields.push_back({name, field_kind::text, std::move(text)});
  };
  add("plan_id", p.id.str());
  add("source", p.source.str());
  if (!p.instrument.empty())
    add("symbol", p.instrument.str());
  add("kind", std::string{kind_of(p)});
  add("position_side", std::string{to_string(p.leg)});
  std::visit(body_fields{out}, p.body);
  if (p.created_at.ms != 0)
    add("created_at", format_rfc3339(p.created_at));
  add("deadline", format_rfc3339(p.deadline_wall));
  return out;
}

}  // namespace sluice
