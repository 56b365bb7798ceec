// Whether the venue's limits were kept, and whether books and truth are the venue's: I10, I14.
#include <algorithm>
#include <set>

#include "oracle.hpp"
#include "records.hpp"

namespace sluice::oracle {
namespace {

/// The most of the venue's weight that we may use, in percent.
constexpr std::int64_t share_max = 80;

/// What has just traded is told by the stream or by the next read.
constexpr ms told_after = 3'000;

/// What of an order the product must have on record at the end.
units must_be_told(const history& h, const std::string& client_id) {
  units sum = 0;
  for (const auto& f : h.fills)
    if (f.client_id == client_id && f.at < h.ended_at - told_after)
      sum += f.amount;
  return sum;
}

}  // namespace

std::vector<violation> check_limits(const history& h) {
  std::vector<violation> found;
  for (const auto& w : h.weights)
    if (w.limit > 0 && w.used * 100 > w.limit * share_max) {
      found.push_back({"I10", "the venue counted " + std::to_string(w.used) + " of " +
                                  std::to_string(w.limit) + " at " + std::to_string(w.at)});
      break;
    }
  std::optional<ms> stopped;  // A pause and a ban outlive the process.
  for (const auto& l : h.wire) {
    if (l.what == wire_event::answered && l.stop_until)
      stopped = std::max(stopped.value_or(0), *l.stop_until);
    // An instant is not before itself; a tenth is what clocks may differ by.
    if (l.what == wire_event::written && stopped && l.at + 100 < *stopped) {
      found.push_back({"I10", l.method + " " + l.path + " left " + std::to_string(*stopped - l.at) +
                                  " ms too early"});
      break;
    }
  }
  return found;
}

std::vector<violation> check_books(const history& h) {
  std::vector<violation> found;
  const positions_held positions(h);
  for (const auto& l : h.looks)
    if (!l.known)
      found.push_back({"I14", l.symbol + " is not known at the end"});
    else if (l.truth != l.venue &&
             !positions.was(l.symbol, l.truth, h.ended_at - told_after, h.ended_at))
      found.push_back({"I14", l.symbol + " is " + show_units(l.truth) + " in truth, " +
                                  show_units(l.venue) + " at the venue"});
  std::set<std::string> trades;
  std::set<std::string> real;
  for (const auto& f : h.fills)
    real.insert(f.symbol + " " + std::to_string(f.trade));
  std::map<std::string, units> told;
  each(h, "fill_recorded", [&](const journal_record&, const boost::json::object& o) {
    const auto id = text_of(o, "symbol") + " " + text_of(o, "trade_id");
    if (!trades.insert(id).second)
      found.push_back({"I14", "the trade " + id + " is on record twice"});
    if (!real.contains(id))
      found.push_back({"I14", "the trade " + id + " is on record and never was"});
    told[text_of(o, "client_order_id")] += parse_units(text_of(o, "amount"));
  });
  std::map<std::string, units> executed;
  each(h, "order_changed", [&](const journal_record&, const boost::json::object& o) {
    executed[text_of(o, "client_order_id")] = parse_units(text_of(o, "executed"));
  });
  // One that ended without a trade may be followed by another under the same id.
  std::map<std::string, units> at_venue;
  for (const auto& o : h.orders)
    if (o.by == origin::product)
      at_venue[o.client_id] += o.executed;
  for (const auto& [id, amount] : at_venue) {
    const auto known = executed.find(id);
    if (known != executed.end() && known->second != amount &&
        (known->second > amount || known->second < must_be_told(h, id)))
      found.push_back({"I14", id + " executed " + show_units(amount) + " at the venue, " +
                                  show_units(known->second) + " on record"});
  }
  return found;
}

}  // namespace sluice::oracle
