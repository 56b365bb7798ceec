// One ordered queue per class; the head of each is its most overdue, so five heads decide.
#include "sluice/truth/read_scheduler.hpp"

#include <algorithm>
#include <numeric>

#include "sluice/truth/read_places.hpp"

namespace sluice {
namespace {

constexpr std::array priority_words{
    std::string_view{"exit_demand"}, std::string_view{"entry_demand"},
    std::string_view{"verification"}, std::string_view{"open_position"}, std::string_view{"rest"}};

/// Reads of single symbols that exits, and plans in all, may have beside an account-wide read that
/// does not serve them.
constexpr std::size_t singles_beside_account_max = 8;
/// From one account-wide read that said nothing to the next that plans want, when each of them asks
/// at a moment of its own.
constexpr milliseconds doubted_account_pause{600};

constexpr std::size_t slot_for(read_priority p) {
  return static_cast<std::size_t>(p);
}

read_limits made_consistent(read_limits l) {
  l.concurrency = std::max<std::size_t>(l.concurrency, 1);
  l.demand_reserve = std::min(l.demand_reserve, l.concurrency - 1);
  l.exit_reserve = std::min(l.exit_reserve, l.demand_reserve);
  l.aging_step = std::max(l.aging_step, milliseconds{1});
  return l;
}

}  // namespace

std::string_view to_string(read_priority p) {
  return priority_words[slot_for(p)];
}

read_class budget_class(read_priority p) {
  switch (p) {
    case read_priority::exit_demand:
      return read_class::exit_demand;
    case read_priority::entry_demand:
      return read_class::entry_demand;
    case read_priority::verification:
      return read_class::verification;
    case read_priority::open_position:
    case read_priority::rest:
      break;
  }
  return read_class::routine;
}

read_priority priority_of(read_class c) {
  switch (c) {
    case read_class::exit_demand:
      return read_priority::exit_demand;
    case read_class::entry_demand:
      return read_priority::entry_demand;
    case read_class::verification:
      return read_priority::verification;
    case read_class::routine:
      break;
  }
  return read_priority::rest;
}

read_limits read_limits_from(const snapshot_settings& s, const freshness_plan& plan) {
  read_limits l;
  l.concurrency = s.concurrency;
  l.demand_reserve = demand_reserve_of(s.concurrency);
  l.exit_reserve = exit_reserve_of(s.concurrency);
  l.demand_timeout = s.demand_timeout;
  l.read_timeout = s.read_timeout;
  l.account_timeout = s.read_timeout;
  if (plan.account_period.count() > 0)
    l.account_timeout = std::min(s.read_timeout, plan.give_up_after);
  return l;
}

read_scheduler::read_scheduler(const read_limits& limits) : limits_(made_consistent(limits)) {}

void read_scheduler::set_limits(const read_limits& limits) {
  limits_ = made_consistent(limits);
}

want_outcome read_scheduler::want(const read_want& w, instant now) {
  const auto job = jobs_.find(w.target);
  const bool flying = job != jobs_.end();
  if (serves(w.target, w, now)) {
    join(job->second, w, now);
    ++counters_.joined;
    return want_outcome::joined;
  }
  const auto [it, is_new] = waiting_.try_emplace(w.target, waiting_want{w});
  if (!is_new) {
    if (!flying)
      queues_[slot_for(it->second.priority)].erase({it->second.due, w.target});
    it->second.priority = std::min(it->second.priority, w.priority);
    it->second.due = std::min(it->second.due, w.due);
    it->second.newer_than = std::max(it->second.newer_than, w.newer_than);
    if (w.connection == connection_choice::fresh)
      it->second.connection = w.connection;
    ++counters_.merged;
  }
  if (w.priority == read_priority::verification)
    it->second.check_at = std::max(it->second.check_at, w.newer_than);
  if (!flying)
    enqueue(it->second);
  return is_new ? want_outcome::queued : want_outcome::merged;
}

want_outcome read_scheduler::demand(const read_want& w, instant now) {
  const auto account = read_target::account();
  if (w.target.is_account() || serves(w.target, w, now))
    return want(w, now);
  auto wider = w;
  wider.target = account;
  if (const auto job = jobs_.find(account); job != jobs_.end()) {
    // One that has been under way for long may be lost: few plans go past it by reads of their own,
    // as they do past one that began too early for them.
    // Each of those that are given up is followed by another at once, which looks young; so is one
    // whose answer says nothing, as of others that one unreadable row voids.
    const bool slow =
        account_lost_ || now - job->second.started_at >= duration{limits_.demand_timeout} / 2;
    if ((slow || !serves(account, wider, now)) && may_go_alone(w, now))
      return go_alone(w, now);
    ++counters_.gathered;
    return want(serves(account, wider, now) ? wider : later_in_doubt(wider), now);
  }
  if (account_lost_ && may_go_alone(w, now))
    return go_alone(w, now);
  if (!account_lost_ && !others_demand(w.target))
    return want(w, now);
  ++counters_.gathered;
  // One that may say nothing takes no read of their own away from those that have one.
  return want(account_lost_ ? later_in_doubt(wider) : for_all_waiting(wider, now), now);
}

read_want read_scheduler::later_in_doubt(read_want w) const {
  if (account_lost_)
    w.due = std::max(w.due, account_sent_at_ + duration{doubted_account_pause});
  return w;
}

bool read_scheduler::may_go_alone(const read_want& w, instant now) {
  const bool its_turn = pace_.asks(w.target, w.priority == read_priority::exit_demand, now);
  return singles_demanding(w.priority, w.target) < singles_beside_account_max &&
         (its_turn || is_demanded(w.target));
}

want_outcome read_scheduler::go_alone(const read_want& w, instant now) {
  if (!is_demanded(w.target))
    pace_.takes(w.target, w.priority == read_priority::exit_demand, now);
  return want(w, now);
}

bool read_scheduler::is_demanded(read_target target) const {
  const auto waiting = waiting_.find(target);
  return waiting != waiting_.end() && is_demand(waiting->second.priority);
}

bool read_scheduler::serves(read_target target, const read_want& w, instant now) const {
  const auto job = jobs_.find(target);
  return job != jobs_.end() && w.due <= now && w.newer_than <= job->second.started_at;
}

std::size_t read_scheduler::singles_demanding(read_priority least, read_target except) const {
  const auto counts = [&](read_target at, read_priority p) {
    return !at.is_account() && at != except && is_demand(p) && p <= least;
  };
  const auto under_way = std::ranges::count_if(
      jobs_, [&](const auto& at) { return counts(at.first, at.second.priority); });
  auto count = static_cast<std::size_t>(under_way);
  for (const auto p : {read_priority::exit_demand, read_priority::entry_demand})
    for (const auto& [due, target] : queues_[slot_for(p)])
      count += counts(target, p) ? 1 : 0;
  return count;
}

bool read_scheduler::others_demand(read_target except) const {
  const auto account = waiting_.find(read_target::account());
  return singles_demanding(read_priority::entry_demand, except) > 0 ||
         (account != waiting_.end() && is_demand(account->second.priority));
}

read_want read_scheduler::for_all_waiting(const read_want& w, instant now) {
  auto all = w;
  for (const auto p : {read_priority::exit_demand, read_priority::entry_demand}) {
    const auto waiting = queues_[slot_for(p)];
    for (const auto& [due, target] : waiting) {
      const auto one = waiting_.at(target);
      if (target.is_account() || due > w.due)
        continue;
      all.priority = std::min(all.priority, one.priority);
      all.newer_than = std::max(all.newer_than, one.newer_than);
      drop(target);
      check_later(one, now);
      ++counters_.gathered;
    }
  }
  return all;
}

std::optional<read_job> read_scheduler::next(instant now) {
  const auto best = best_due(now);
  if (!best)
    return std::nullopt;
  queues_[slot_for(best->priority)].erase({best->due, best->target});
  waiting_.erase(best->target);
  const read_job job{++last_id_,       best->target,  best->priority,
                     best->due,        now,           now + timeout_of(*best),
                     best->connection, best->priority};
  if (job.target.is_account())
    account_sent_at_ = now;
  jobs_.emplace(job.target, job);
  targets_.emplace(job.id, job.target);
  deadlines_.emplace(job.deadline, job.target);
  ++places_[slot_for(job.priority)];
  ++counters_.started[slot_for(job.priority)];
  check_later(*best, now);
  return job;
}

/// What a read sent now shows may be from before the event that was to be checked.
void read_scheduler::check_later(const waiting_want& served, instant now) {
  if (served.check_at > now)
    want({served.target, read_priority::verification, served.check_at, served.check_at}, now);
}

void read_scheduler::repeat(const read_job& failed, instant now) {
  // Its first may have been a routine one that a plan joined, which took no turn.
  if (account_lost_ && !failed.target.is_account() && !pace_.has_turn(failed.target))
    pace_.takes(failed.target, failed.priority == read_priority::exit_demand, now);
  else
    pace_.takes_again(failed.target, now);
  want({failed.target, failed.priority, now, failed.started_at, connection_choice::fresh}, now);
}

std::optional<read_job> read_scheduler::finished(const read_job& ended, read_end how) {
  if (how == read_end::answered && !ended.target.is_account())
    pace_.answered(ended.target);
  if (how == read_end::not_sent && !ended.target.is_account())
    pace_.give_back(ended.target);
  const auto it = targets_.find(ended.id);
  if (it == targets_.end()) {
    ++counters_.late;
    return std::nullopt;
  }
  const auto job = jobs_.at(it->second);
  if (job.target.is_account()) {
    // One that was kept back or refused says nothing for or against the next.
    if (how == read_end::answered || how == read_end::says_nothing)
      account_lost_ = how == read_end::says_nothing;
    if (how == read_end::answered)
      pace_.doubt_is_over();
  }
  release(job);
  // A plan's next one waits no longer for a doubt to pass.
  const auto next = waiting_.find(job.target);
  if (job.target.is_account() && how == read_end::answered && next != waiting_.end() &&
      is_demand(next->second.priority)) {
    const auto& w = next->second;
    // A check that was gathered into it comes after it, when it is due.
    const auto due = w.newer_than == w.check_at ? job.started_at : w.newer_than;
    want({job.target, w.priority, std::max(job.started_at, due), w.newer_than}, job.started_at);
  }
  return job;
}

std::optional<instant> read_scheduler::waits_until(read_target target) const {
  const auto found = waiting_.find(target);
  return found == waiting_.end() ? std::nullopt : std::optional(found->second.due);
}

std::vector<read_job> read_scheduler::expire(instant now) {
  std::vector<read_job> given_up;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    given_up.push_back(jobs_.at(deadlines_.begin()->second));
    account_lost_ = account_lost_ || given_up.back().target.is_account();
    release(given_up.back());
    ++counters_.abandoned;
  }
  return given_up;
}

std::optional<instant> read_scheduler::next_wakeup(instant now) const {
  std::optional<instant> earliest;
  const auto consider = [&](instant at) {
    earliest = std::max(now, earliest ? std::min(*earliest, at) : at);
  };
  if (!deadlines_.empty())
    consider(deadlines_.begin()->first);
  for (std::size_t i = 0; i < read_priority_count; ++i)
    if (!queues_[i].empty() && place_free(static_cast<read_priority>(i)))
      consider(queues_[i].begin()->first);
  return earliest;
}

void read_scheduler::drop(read_target target) {
  const auto it = waiting_.find(target);
  if (it == waiting_.end())
    return;
  queues_[slot_for(it->second.priority)].erase({it->second.due, target});
  waiting_.erase(it);
}

void read_scheduler::drop_routine() {
  std::erase_if(waiting_, [this](const auto& one) {
    const auto& w = one.second;
    if (w.priority < read_priority::open_position)
      return false;
    queues_[slot_for(w.priority)].erase({w.due, w.target});
    return true;
  });
}

bool read_scheduler::is_in_flight(read_target target) const {
  return jobs_.contains(target);
}

std::size_t read_scheduler::waiting() const {
  return waiting_.size();
}

bool read_scheduler::place_free(read_priority p) const {
  const auto exits = places_[slot_for(read_priority::exit_demand)];
  const auto demands = exits + places_[slot_for(read_priority::entry_demand)];
  const auto all = jobs_.size();
  if (all >= limits_.concurrency)
    return false;
  if (p != read_priority::exit_demand && all - exits >= limits_.concurrency - limits_.exit_reserve)
    return false;
  return is_demand(p) || all - demands < limits_.concurrency - limits_.demand_reserve;
}

std::optional<read_scheduler::waiting_want> read_scheduler::best_due(instant now) const {
  std::optional<std::pair<std::int64_t, instant>> best_rank;
  std::optional<read_target> best;
  for (std::size_t i = 0; i < read_priority_count; ++i) {
    if (queues_[i].empty() || !place_free(static_cast<read_priority>(i)))
      continue;
    const auto [due, target] = *queues_[i].begin();
    if (due > now)
      continue;
    const auto raised = (now - due) / limits_.aging_step;
    const auto rank = std::max<std::int64_t>(static_cast<std::int64_t>(i) - raised, 0);
    if (!best_rank || std::pair{rank, due} < *best_rank) {
      best_rank = {rank, due};
      best = target;
    }
  }
  if (!best)
    return std::nullopt;
  return waiting_.at(*best);
}

milliseconds read_scheduler::timeout_of(const read_want& w) const {
  const auto routine = w.target.is_account() ? limits_.account_timeout : limits_.read_timeout;
  return is_demand(w.priority) ? std::min(limits_.demand_timeout, routine) : routine;
}

void read_scheduler::enqueue(const read_want& w) {
  queues_[slot_for(w.priority)].emplace(w.due, w.target);
}

void read_scheduler::release(const read_job& job) {
  const auto target = job.target;
  --places_[slot_for(job.priority)];
  deadlines_.erase({job.deadline, target});
  targets_.erase(job.id);
  jobs_.erase(target);
  if (const auto next_want = waiting_.find(target); next_want != waiting_.end())
    enqueue(next_want->second);
}

void read_scheduler::join(read_job& job, const read_want& w, instant now) {
  if (w.priority < job.priority) {
    --places_[slot_for(job.priority)];
    ++places_[slot_for(w.priority)];
    job.priority = w.priority;
  }
  if (!is_demand(w.priority))
    return;
  deadlines_.erase({job.deadline, job.target});
  job.deadline = std::min(job.deadline, now + limits_.demand_timeout);
  deadlines_.emplace(job.deadline, job.target);
}

}  // namespace sluice
