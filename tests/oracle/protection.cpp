// What protects positions and what gets out of them: I5 and I16.
#include <array>

#include "oracle.hpp"
#include "records.hpp"

namespace sluice::oracle {
namespace {

/// Whether a record says that our own budget was spent. What the venue asks for (a pause, a ban) is
/// no such thing.
bool tells_of_budget(const journal_record& line) {
  constexpr std::array words{"a minute is spent", "of these 10 s are used up",
                             "of this minute are used up"};
  return std::ranges::any_of(
      words, [&](const char* w) { return line.json.str().find(w) != std::string::npos; });
}

}  // namespace

std::vector<violation> check_budget(const history& h) {
  std::vector<violation> found;
  const auto look = [&](const journal_record& line, const boost::json::object& o) {
    const auto& verdict = o.at("verdict").as_object();
    if (text_of(o, "lane") == "exit" && text_of(verdict, "kind") != "allow" &&
        tells_of_budget(line))
      found.push_back(
          {"I5", "the exit " + text_of(o, "plan_id") + " was refused for lack of our own budget"});
  };
  each(h, "plan_judged", look);
  each(h, "plan_continued", look);
  const auto intents = intents_of(h);
  each(h, "order_changed", [&](const journal_record& line, const boost::json::object& o) {
    const auto known = intents.find(text_of(o, "client_order_id"));
    if (known != intents.end() && known->second.reduce_only && text_of(o, "state") == "rejected" &&
        tells_of_budget(line))
      found.push_back({"I5", "the exit order " + known->first + " of " + known->second.plan +
                                 " was not sent for lack of our own budget"});
  });
  return found;
}

std::vector<violation> check_stops(const history& h) {
  /// What the stop guard calls fresh, and the way from its decision to the commit.
  constexpr ms truth_may_be = 10'000 + 1'500;
  std::vector<violation> found;
  const positions_held positions(h);
  each(h, "stop_changed", [&](const journal_record& line, const boost::json::object& o) {
    if (text_of(o, "state") != "cancelling" || text_of(o, "detail") != "the position is closed" ||
        line.seen_at < 0)
      return;
    const auto on = text_of(o, "symbol");
    if (!positions.was(on, 0, line.seen_at - truth_may_be, line.seen_at))
      found.push_back({"I16", "the stop " + text_of(o, "client_order_id") + " of " + on +
                                  " was cancelled at " + std::to_string(line.seen_at) +
                                  " while its position stood"});
  });
  return found;
}

}  // namespace sluice::oracle
