// The intake's shell: parse, bound, hand to the planner, answer when durable or judged.
#include "sluice/actors/intake.hpp"

#include <array>
#include <deque>
#include <list>
#include <unordered_map>

#include "plan_preview.hpp"
#include "plan_replies.hpp"
#include "sluice/journal/record_json.hpp"
#include "sluice/status/problem.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

/// Verdicts remembered for producers that repeat a plan or ask for it in the next request.
constexpr std::size_t verdicts_kept_max = 10'000;

class intake : public stage<intake_actor> {
 public:
  intake(caf::actor_config& config, services given, intake_settings settings)
      : stage(config, std::move(given)), settings_(std::move(settings)) {}

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) { met(m); },
        [this](const plans_posted& posted) { take(posted); },
        [this](const plan_line_read& line) { take(line); },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            if (const auto* judged = std::get_if<plan_judged>(&r.body))
              judged_now(*judged);
        },
        [this](tick) { run_out(); },
        [this](drain) { draining_ = true; },
    };
  }

  void on_exit() override {
    waiting_.clear();
    stage::on_exit();
  }

 private:
  /// A request whose producer has not been answered yet.
  struct waiting_request {
    status::responder answer;
    std::vector<plan_fate> fates{};
    bool batch{false};
    instant until{};
    std::size_t open{0};  ///< Verdicts still to come.
  };
  using request_list = std::list<waiting_request>;
  using plan_lanes = std::vector<std::pair<plan_id, lane>>;

  // ---- in

  void take(const plans_posted& posted) {
    // The HTTP server listens before the stages have met.
    if (draining_ || !peers_)
      return (*posted.answer)(
          status::problem_response(503, draining_ ? "the process is ending" : "starting"));
    const auto at = now_stamp();
    auto document = parse_plans(posted.body, at, settings_);
    if (!document) {
      metrics().add(status::metric::plans_rejected);
      return (*posted.answer)(faults_response(document.error()));
    }
    if (posted.dry_run)
      return preview_for(this, peers_->gate, std::move(*document), *posted.answer);
    if (const auto full = full_lane(document->plans)) {
      metrics().add(status::metric::plans_rejected, static_cast<double>(document->plans.size()));
      return (*posted.answer)(queue_full_response(*full, queue_max(*full)));
    }
    waiting_request w{*posted.answer, {}, document->batch, at.steady, 0};
    if (posted.wait)
      w.until += duration{std::min(*posted.wait, verdict_wait_max)};
    offer(std::move(document->plans), std::move(w));
  }

  void take(const plan_line_read& line) {
    auto document = parse_plans(line.text, now_stamp(), settings_);
    if (!document) {
      metrics().add(status::metric::plans_rejected);
      for (const auto& f : document.error())
        log().warn("intake", "line_refused",
                   {{"line", line.number}, {"field", f.pointer}, {"why", f.reason}});
      return;
    }
    offer(std::move(document->plans), std::nullopt);
  }

  void offer(std::vector<plan> plans, std::optional<waiting_request> from) {
    plan_lanes ids;
    for (const auto& p : plans)
      ids.emplace_back(p.id, lane_of(p));
    count_offered(ids, +1);
    request(peers_->planner, caf::infinite, take_plans{std::move(plans)})
        .then(
            [this, ids, from](const plans_taken& taken) mutable {
              count_offered(ids, -1);
              taken_by_planner(ids, taken, std::move(from));
            },
            [this, ids, from](const caf::error&) {
              count_offered(ids, -1);
              if (from)
                from->answer(status::problem_response(503, "the journal takes no plans"));
            });
  }

  /// A verdict may have become known before the planner's answer: both follow the same commit.
  void taken_by_planner(const plan_lanes& ids, const plans_taken& taken,
                        std::optional<waiting_request> from) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto& [id, traffic] = ids[i];
      const auto reception = taken.receptions.at(i);
      plan_fate fate{id, reception, {}};
      if (reception == plan_reception::conflicting)
        log().warn("intake", "duplicate_plan", {{"plan", id}});
      else if (const auto known = verdicts_.find(id); known != verdicts_.end())
        fate.verdict = known->second;
      else if (reception == plan_reception::accepted)
        open(id, traffic);
      if (!from)
        continue;
      from->open += open_.contains(id) && reception != plan_reception::conflicting ? 1 : 0;
      from->fates.push_back(std::move(fate));
    }
    if (from)
      answer_or_wait(std::move(*from));
  }

  void answer_or_wait(waiting_request w) {
    if (w.open == 0 || w.until <= now())
      return w.answer(plans_response(w.fates, w.batch));
    wake_at(w.until);
    waiting_.push_back(std::move(w));
    const auto at = std::prev(waiting_.end());
    for (const auto& f : at->fates)
      if (f.verdict.empty() && f.reception != plan_reception::conflicting)
        waiters_[f.id].push_back(at);
  }

  // ---- out

  void judged_now(const plan_judged& judged) {
    close(judged.plan);
    auto text = journal::body_json(judged);
    if (const auto waiters = waiters_.find(judged.plan); waiters != waiters_.end()) {
      const auto requests = std::move(waiters->second);
      waiters_.erase(waiters);
      for (const auto at : requests)
        tell(at, judged.plan, text);
    }
    keep(judged.plan, std::move(text));
  }

  void tell(request_list::iterator at, const plan_id& id, const std::string& verdict) {
    for (auto& f : at->fates)
      if (f.id == id && f.verdict.empty()) {
        f.verdict = verdict;
        --at->open;
        break;
      }
    if (at->open == 0)
      finish(at);
  }

  void finish(request_list::iterator at) {
    at->answer(plans_response(at->fates, at->batch));
    for (const auto& f : at->fates)
      if (const auto waiters = waiters_.find(f.id); waiters != waiters_.end()) {
        std::erase(waiters->second, at);
        if (waiters->second.empty())
          waiters_.erase(waiters);
      }
    waiting_.erase(at);
  }

  void run_out() {
    std::optional<instant> next;
    for (auto at = waiting_.begin(); at != waiting_.end();) {
      const auto here = at++;
      if (here->until <= now())
        finish(here);
      else if (!next || here->until < *next)
        next = here->until;
    }
    if (next)
      wake_at(*next);
  }

  void keep(const plan_id& id, std::string verdict) {
    if (verdicts_.emplace(id, std::move(verdict)).second)
      kept_.push_back(id);
    while (kept_.size() > verdicts_kept_max) {
      verdicts_.erase(kept_.front());
      kept_.pop_front();
    }
  }

  // ---- bounds

  [[nodiscard]] std::size_t queue_max(lane traffic) const {
    return traffic == lane::exit ? settings_.exit_queue_max : settings_.entry_queue_max;
  }

  [[nodiscard]] std::optional<lane> full_lane(const std::vector<plan>& plans) const {
    std::array<std::size_t, 2> more{};
    for (const auto& p : plans)
      ++more[static_cast<std::size_t>(lane_of(p))];
    for (const auto traffic : {lane::exit, lane::entry}) {
      const auto i = static_cast<std::size_t>(traffic);
      if (more[i] > 0 && open_count_[i] + offered_[i] + more[i] > queue_max(traffic))
        return traffic;
    }
    return std::nullopt;
  }

  void count_offered(const plan_lanes& ids, int by) {
    for (const auto& [id, traffic] : ids)
      offered_[static_cast<std::size_t>(traffic)] += static_cast<std::size_t>(by);
  }

  void open(const plan_id& id, lane traffic) {
    if (open_.emplace(id, traffic).second)
      ++open_count_[static_cast<std::size_t>(traffic)];
  }

  void close(const plan_id& id) {
    if (const auto at = open_.find(id); at != open_.end()) {
      --open_count_[static_cast<std::size_t>(at->second)];
      open_.erase(at);
    }
  }

  intake_settings settings_;
  bool draining_{false};
  std::unordered_map<plan_id, lane> open_{};  ///< Accepted, no verdict yet.
  std::array<std::size_t, 2> open_count_{};
  std::array<std::size_t, 2> offered_{};  ///< At the planner, not yet answered.
  request_list waiting_{};
  std::unordered_map<plan_id, std::vector<request_list::iterator>> waiters_{};
  std::unordered_map<plan_id, std::string> verdicts_{};
  std::deque<plan_id> kept_{};
};

}  // namespace

intake_actor spawn_intake(caf::actor_system& system, services given, intake_settings settings) {
  return system.spawn<intake>(std::move(given), std::move(settings));
}

}  // namespace sluice::actors
