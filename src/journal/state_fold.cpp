// What each kind of record does to the rows of state.
#include "state_fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <boost/json.hpp>

#include "json_document.hpp"

namespace sluice::journal {
namespace {

using columns = std::vector<std::string>;

std::string text(std::int64_t v) {
  return std::to_string(v);
}
std::string text(const std::string& v) {
  return well_formed(v);
}
std::string text(milliseconds v) {
  return std::to_string(v.count());
}
std::string text(wall_time v) {
  return std::to_string(v.ms);
}
template <class Tag>
std::string text(const name<Tag>& v) {
  return well_formed(v.str());
}
template <class Tag>
std::string text(fixed<Tag> v) {
  return v.str();
}
template <class E>
requires std::is_enum_v<E> std::string text(E v) {
  return std::string(to_string(v));
}
template <class T>
std::string text(const std::optional<T>& v) {
  return v ? text(*v) : "null";
}

template <class... Parts>
std::string key(std::string_view table, const Parts&... parts) {
  std::string made(table);
  ((made += ' ', made += text(parts)), ...);
  return made;
}

template <class Amount>
Amount amount_in(const std::string& column) {
  const auto parsed = Amount::parse(column);
  return parsed ? *parsed : Amount{};
}
std::int64_t number_in(const std::string& column) {
  return std::strtoll(column.c_str(), nullptr, 10);
}

/// Columns of an order's row that change.
enum order_column : std::size_t { state = 8, number, executed, detail, order_changed_ms = 14 };

/// Columns of a plan's row.
enum plan_column : std::size_t {
  kind = 1,
  verdict_seq,
  verdict_word,
  reason,
  judged_ms,
  finished_seq,
  ended,
  plan_executed
};

/// Columns of a stop's and of a flatten's row that change.
enum stop_column : std::size_t { stop_state = 5, algo_id, triggered, stop_changed_ms = 9 };
enum flatten_column : std::size_t { outcome = 6, remains, ended_ms, ended_seq };

/// How many days' peaks of the equity are kept.
constexpr std::int64_t equity_days_kept = 31;

/// One overload for every kind, so that a new kind does not compile before its state is considered.
class folding {
 public:
  folding(state_rows& standing, state_rows& settled, const record& r)
      : standing_(standing), settled_(settled), seq_(r.seq), at_(r.at.wall) {}

  void operator()(const plan_accepted& b) {
    standing_[key("plan", b.what.id)] = {
        text(seq_), std::string(kind_of(b.what)), "null", "null", "null", "null", "null", "null",
        "null"};
  }

  void operator()(const plan_judged& b) {
    const auto found = standing_.find(key("plan", b.plan));
    if (found == standing_.end())
      return;
    auto& row = found->second;
    if (row[plan_column::verdict_seq] != "null")
      return;
    row[plan_column::verdict_seq] = text(seq_);
    row[plan_column::verdict_word] = text(b.outcome.kind);
    row[plan_column::reason] = text(b.outcome.reason());
    row[plan_column::judged_ms] = text(at_);
    settle_plan(found);
  }

  /// Its verdict stands.
  void operator()(const plan_continued&) {}

  void operator()(const plan_finished& b) {
    const auto found = standing_.find(key("plan", b.plan));
    if (found == standing_.end() || found->second[plan_column::finished_seq] != "null")
      return;
    found->second[plan_column::finished_seq] = text(seq_);
    found->second[plan_column::ended] = text(b.how);
    found->second[plan_column::plan_executed] = text(b.executed);
    settle_plan(found);
  }

  void operator()(const order_intended& b) {
    const auto& q = b.request;
    const auto version_text = text(std::bit_cast<std::int64_t>(b.truth_version));
    const auto id = key("order", q.id);
    settled_.erase(id);  // One that never arrived is intended anew.
    standing_[id] = {text(b.plan),
                     text(q.instrument),
                     text(q.leg),
                     text(q.direction),
                     text(q.amount),
                     q.reduce_only ? "1" : "0",
                     text(b.attempt),
                     version_text,
                     text(order_state::intended),
                     "0",
                     "0",
                     "",
                     text(seq_),
                     text(at_),
                     text(at_),
                     text(q.type),
                     text(q.limit)};
  }

  void operator()(const order_changed& b) {
    const auto id = key("order", b.order);
    auto* row = row_of(id);
    if (!row)
      return;
    (*row)[order_column::state] = text(b.state);
    (*row)[order_column::number] = text(b.venue_id);
    (*row)[order_column::executed] = text(b.executed);
    (*row)[order_column::detail] = text(b.detail);
    (*row)[order_changed_ms] = text(at_);
    place(id, is_resolved(b.state));
  }

  void operator()(const fill_recorded& b) {
    if (!b.ours)
      return;
    const auto& f = b.what;
    auto& line = line_of({f.instrument, f.leg});
    line[0] = text(amount_in<quantity>(line[0]) + signed_amount(f));
    line[1] = text(b.entry_after);
    line[2] = text(amount_in<notional>(line[2]) + f.realised);
    line[3] = text(number_in(line[3]) + 1);
    line[4] = text(std::max(number_in(line[4]), f.traded_at.ms));
    line[5] = text(seq_);
    if (f.fee.is_zero())
      return;
    auto& paid = standing_[key("ledger_fee", f.instrument, f.leg, f.fee_asset)];
    paid = {text(amount_in<notional>(paid.empty() ? "0" : paid[0]) + f.fee)};
  }

  void operator()(const ledger_adjusted& b) {
    auto& line = line_of(b.position);
    line[0] = text(b.after);
    line[1] = text(b.entry_after);
    line[5] = text(seq_);
  }

  void operator()(const hold_placed& b) {
    const auto& h = b.what;
    standing_[hold_key(h)] = {text(h.cause),    text(h.ledger_amount), text(h.truth_amount),
                              text(h.evidence), text(h.since),         text(seq_)};
  }
  void operator()(const hold_released& b) { standing_.erase(hold_key(b.what)); }

  void operator()(const state_changed& b) {
    const columns row{text(b.after), text(b.author), text(b.reason), text(b.until), text(seq_)};
    standing_["trading_state in_force"] = row;
    if (b.author != "halt_file")
      standing_["trading_state ordered"] = row;
  }

  void operator()(const exit_changed& b) {
    const auto& e = b.what;
    const auto& g = e.regime;
    standing_[key("exit_state", e.position.instrument, e.position.leg)] = {
        e.active ? "1" : "0", text(e.entry),    text(e.initial),    text(e.opened_at),
        text(e.stop),         text(e.target),   text(e.time_limit), text(e.origin),
        text(seq_),           text(e.source),   text(e.risk),       text(e.peak),
        text(e.stop_by),      text(e.tranches), text(e.cost),       text(e.opposed_at),
        text(g.samples),      text(g.last),     text(g.last_at),    text(g.fast),
        text(g.slow),         text(g.drift),    text(g.path)};
  }

  void operator()(const equity_peaked& b) {
    standing_[key("equity_peak", b.day)] = {text(b.peak), text(seq_)};
    std::erase_if(standing_, [&](const auto& row) {
      constexpr std::string_view table = "equity_peak ";
      return row.first.starts_with(table) &&
             number_in(row.first.substr(table.size())) <= b.day - equity_days_kept;
    });
  }

  void operator()(const override_set& b) {
    const auto& o = b.what;
    standing_[key("setting_override", o.id)] = {text(o.key),       text(o.value), text(o.author),
                                                text(o.reason),    text(o.since), text(o.until),
                                                text(o.fresh_for), text(seq_)};
  }
  void operator()(const override_ended& b) { standing_.erase(key("setting_override", b.what.id)); }

  void operator()(const close_armed& b) {
    const auto& a = b.what;
    standing_[key("close_arming", a.id)] = {text(a.instrument), text(a.author), text(a.reason),
                                            text(a.since),      text(a.until),  text(seq_)};
  }
  void operator()(const close_disarmed& b) { standing_.erase(key("close_arming", b.what.id)); }

  void operator()(const stop_changed& b) {
    const auto& s = b.what;
    const auto id = key("protective_stop", s.number);
    if (auto* row = row_of(id)) {
      (*row)[stop_column::stop_state] = text(s.state);
      (*row)[stop_column::algo_id] = text(s.venue_id);
      (*row)[stop_column::triggered] = text(s.triggered_order);
      (*row)[stop_column::stop_changed_ms] = text(at_);
    } else {
      standing_[id] = {text(s.id),
                       text(s.position.instrument),
                       text(s.position.leg),
                       text(s.direction),
                       text(s.trigger),
                       text(s.state),
                       text(s.venue_id),
                       text(s.triggered_order),
                       text(s.intended_at),
                       text(at_),
                       text(seq_)};
    }
    place(id, is_final(s.state));
  }

  void operator()(const flatten_ordered& b) {
    const auto& w = b.what;
    standing_[key("flatten", w.id)] = {text(w.instrument),
                                       text(w.author),
                                       text(w.reason),
                                       text(w.ordered_at),
                                       text(w.give_up_at),
                                       text(seq_),
                                       "null",
                                       "null",
                                       "null",
                                       "null"};
  }
  void operator()(const flatten_ended& b) {
    const auto id = key("flatten", b.what.id);
    auto* row = row_of(id);
    if (!row)
      return;
    (*row)[flatten_column::outcome] = text(b.why);
    (*row)[flatten_column::remains] = text(b.left);
    (*row)[flatten_column::ended_ms] = text(at_);
    (*row)[flatten_column::ended_seq] = text(seq_);
    place(id, true);
  }

  // These leave no state.
  void operator()(const truth_changed&) {}
  void operator()(const funding_booked&) {}
  void operator()(const universe_kept&) {}
  void operator()(const settings_changed&) {}
  void operator()(const notice&) {}

 private:
  static std::string hold_key(const hold& h) {
    return key("hold", h.id, h.position.instrument, h.position.leg);
  }

  columns& line_of(const position_key& p) {
    auto& line = standing_[key("ledger_line", p.instrument, p.leg)];
    if (line.empty())
      line = {"0", "0", "0", "0", "0", "0"};
    return line;
  }

  /// A plan stands until it is denied, or allowed and finished; a cancel has nothing to carry out.
  void settle_plan(state_rows::iterator plan) {
    const auto& row = plan->second;
    const bool open =
        row[plan_column::verdict_seq] == "null" ||
        (row[plan_column::verdict_word] == "allow" && row[plan_column::kind] != "cancel" &&
         row[plan_column::finished_seq] == "null");
    if (!open)
      settled_.insert(standing_.extract(plan));
  }

  columns* row_of(const std::string& id) {
    for (auto* rows : {&standing_, &settled_})
      if (const auto found = rows->find(id); found != rows->end())
        return &found->second;
    return nullptr;
  }

  /// What nothing more can happen to is settled.
  void place(const std::string& id, bool over) {
    auto& from = over ? standing_ : settled_;
    auto& to = over ? settled_ : standing_;
    if (auto moved = from.extract(id))
      to.insert(std::move(moved));
  }

  state_rows& standing_;
  state_rows& settled_;
  std::int64_t seq_;
  wall_time at_;
};

}  // namespace

std::string text_of(const state_rows& rows) {
  boost::json::object all;
  for (const auto& [id, values] : rows)
    all[id] = boost::json::array(values.begin(), values.end());
  return boost::json::serialize(all);
}

result<state_rows> parse_state_rows(const std::string& text) {
  const auto bad = [] { return fail(errc::malformed, "state rows that are none"); };
  boost::system::error_code code;
  const auto all = boost::json::parse(text, code);
  if (code || !all.is_object())
    return bad();
  state_rows rows;
  for (const auto& [id, values] : all.get_object()) {
    if (!values.is_array())
      return bad();
    auto& row = rows[std::string(id)];
    for (const auto& v : values.get_array()) {
      if (!v.is_string())
        return bad();
      row.emplace_back(std::string_view(v.get_string()));
    }
  }
  return rows;
}

std::uint64_t hash_of(const state_rows& rows) {
  return stable_hash(text_of(rows));
}

void state_fold::apply(const record& r) {
  std::visit(folding(standing_, settled_, r), r.body);
}

}  // namespace sluice::journal
