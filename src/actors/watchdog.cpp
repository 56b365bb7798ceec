// The watchdog's shell: gathers what the stages show, and tells what the detector finds.
#include "sluice/actors/watchdog.hpp"

#include "stage.hpp"
#include "stall_detector.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds look_period{1'000};
/// What commits took counts for so long: less than a stall needs to be named, so that it takes
/// commits that follow each other.
constexpr milliseconds commits_count_for{4'000};

class watchdog : public stage<watchdog_actor> {
 public:
  watchdog(caf::actor_config& config, services given, watchdog_options options)
      : stage(config, std::move(given)), detector_(options.settings), options_(options) {}

  behavior_type make_behavior() override {
    return {
        [this](tick) {
          if (now() >= next_look_)
            look();
          wake_at(next_look_);
        },
        [this](const meet& m) {
          met(m);
          next_look_ = now() + duration{look_period};
          wake_at(next_look_);
        },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            if (const auto* judged = std::get_if<plan_judged>(&r.body))
              count(judged->outcome);
        },
    };
  }

 private:
  void count(const verdict& v) {
    ++verdicts_;
    if (v.kind == verdict_kind::deny)
      if (const auto reason = v.reason(); reason && !counts_as_done(*reason))
        ++denied_by_[std::string(to_string(*reason))];
  }

  [[nodiscard]] stall_input seen() const {
    const auto at = now_stamp();
    const auto age_of = [&](std::int64_t wall_ms) -> std::optional<milliseconds> {
      if (wall_ms == 0)
        return std::nullopt;
      return milliseconds{std::max<std::int64_t>(at.wall.ms - wall_ms, 0)};
    };
    stall_input in;
    in.now = at.steady;
    const auto promise = vitals().promise();
    in.bound = promise.bound;
    in.promise_fault = promise.fault;
    if (promise.plan.symbol_period.count() > 0)
      in.round = promise.plan.symbol_period;
    const auto listed = given_.universe->current();
    given_.table->scan([&](const position_key& key, const truth_view& view) {
      if (!is_known(view.content)) {
        ++in.symbols_unknown;
        return;
      }
      const bool open = std::holds_alternative<position_open>(view.content);
      in.open_positions += open ? 1 : 0;
      if (!is_promised(promise.strategy, view.content, listed->find(key.instrument) != nullptr))
        return;
      const auto age = between(view.as_of, at.steady);
      in.oldest_truth = std::max(in.oldest_truth.value_or(age), age);
    });
    auto& v = vitals();
    in.read_latency = milliseconds{v.read_latency_ms};
    in.budget = given_.exchange->budget();
    if (const auto met = v.exchange(); !met.reachable && !met.banned_until)
      in.exchange_away = met.why;
    in.reads_without_budget = v.reads_without_budget;
    in.reads_malformed = v.reads_malformed;
    in.reads_clock_refused = v.reads_clock_refused;
    in.failing_symbol = v.failing_symbol();
    in.user_stream_up = v.user_stream_up;
    in.mark_stream_up = v.mark_stream_up;
    in.stream_mutes = v.stream_mutes;
    in.oldest_open_order = age_of(v.oldest_order_ms);
    in.failing_exit = v.failing_exit();
    in.oldest_uncommitted = age_of(v.uncommitted_since_ms);
    // Between two commits that take long nothing waits for a moment; the disk is as slow as ever.
    if (const auto idle = age_of(v.committed_at_ms); idle && *idle < commits_count_for)
      in.oldest_uncommitted = std::max(in.oldest_uncommitted.value_or(milliseconds{0}),
                                       milliseconds{v.commits_took_ms});
    in.verdicts = verdicts_;
    in.denied_by = denied_by_;
    in.exits_waiting = v.parked_exit;
    for (std::size_t i = 0; i < stage_count; ++i)
      in.stages[i] = {v.work[i].waiting(), v.work[i].handled()};
    in.read_on_demand = options_.read_on_demand;
    return in;
  }

  [[nodiscard]] wall_time began_at(instant since) const {
    const auto at = now_stamp();
    return {at.wall.ms - between(since, at.steady).count()};
  }

  void look() {
    next_look_ = now() + duration{look_period};
    const auto told = detector_.look(seen());
    vitals().stalls(detector_.active());
    std::vector<record_body> notices;
    for (const auto& s : told.began) {
      log().error("watchdog", to_string(s.cause),
                  {{"what", s.text},
                   {"since", format_rfc3339(began_at(s.since))},
                   {"effect", s.effect},
                   {"cure", s.remedy}});
      notices.emplace_back(notice{"stall_began", std::string(to_string(s.cause)) + ": " + s.text});
    }
    for (const auto& s : told.ended) {
      const auto lasted = between(s.since, now());
      log().info("watchdog", "stall_ended", {{"cause", to_string(s.cause)}, {"lasted", lasted}});
      notices.emplace_back(notice{"stall_ended", std::string(to_string(s.cause))});
    }
    for (std::size_t i = 0; i < stall_cause_count; ++i)
      metrics().set(status::metric::stalled, {to_string(static_cast<stall_cause>(i))}, 0);
    for (const auto& s : detector_.active())
      metrics().set(status::metric::stalled, {to_string(s.cause)}, 1);
    journal(std::move(notices));
  }

  stall_detector detector_;
  watchdog_options options_;
  instant next_look_{};
  std::uint64_t verdicts_{0};
  std::map<std::string, std::uint64_t> denied_by_{};
};

}  // namespace

watchdog_actor spawn_watchdog(caf::actor_system& system, services given, watchdog_options options) {
  return system.spawn<watchdog>(std::move(given), options);
}

}  // namespace sluice::actors
