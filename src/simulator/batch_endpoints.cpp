// Endpoints that place, change and cancel several orders at once, each with an outcome of its own.
#include <numeric>

#include "batch.hpp"
#include "documents.hpp"
#include "history_filter.hpp"
#include "order_actions.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

/// What a batch costs of the order limits, however many orders it has.
constexpr order_cost batch_cost{5, 1};

/// Carries the members out in no order to be relied on, and answers in the order of the request.
/// `done` tells how many were not refused.
template <class Act>
std::string carry_out(venue_state& v, const std::vector<parameters>& members, std::size_t& done,
                      Act&& act) {
  std::vector<std::size_t> turns(members.size());
  std::iota(turns.begin(), turns.end(), std::size_t{0});
  for (auto n = turns.size(); n > 1; --n)
    std::swap(turns[n - 1], turns[v.batch_turns.below(n)]);
  std::vector<std::string> rows(members.size());
  for (const auto turn : turns) {
    auto answer = act(members[turn]);
    const auto* wrong = error_of(answer);
    done += wrong ? 0 : 1;
    rows[turn] = wrong ? error_reply(*wrong).body : std::get<0>(std::move(answer));
  }
  return joined(rows);
}

using order_action = outcome<std::string> (*)(venue_state&, const call&);

reply answer_batch(venue_state& v, const call& c, order_action act) {
  auto& limiter = v.accounts[c.owner].limiter();
  if (auto refused = limiter.check(c.now.venue, batch_cost))
    return refuse_too_many(v, *refused);
  const auto batch = read_batch(c.given);
  if (const auto* wrong = error_of(batch))
    return error_reply(*wrong);
  std::size_t done = 0;
  auto out = json_reply(carry_out(v, std::get<0>(batch), done, [&](const parameters& p) {
    return act(v, call{c.raw, p, c.now, c.owner});
  }));
  if (done == 0)
    return out;
  limiter.count(c.now.venue, batch_cost);
  add_order_counts(out, limiter, c.now.venue);
  return out;
}

}  // namespace

reply post_batch_orders(venue_state& v, const call& c) {
  return answer_batch(v, c, place_order);
}

reply put_batch_orders(venue_state& v, const call& c) {
  return answer_batch(v, c, change_order);
}

reply delete_batch_orders(venue_state& v, const call& c) {
  const auto names = read_batch_names(c.given);
  if (const auto* wrong = error_of(names))
    return error_reply(*wrong);
  std::size_t done = 0;
  return json_reply(carry_out(v, std::get<0>(names), done, [&](const parameters& p) {
    return cancel_order(v, call{c.raw, p, c.now, c.owner});
  }));
}

}  // namespace sluice::simulator
