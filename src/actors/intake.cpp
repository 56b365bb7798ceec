// The intake's shell: parse, bound, hand to the planner, answer when durable or judged.
#include "sluice/actors/intake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "dead_letters.hpp"
#include "earlier_verdicts.hpp"
#include "late_plans.hpp"
#include "plan_preview.hpp"
#include "plan_replies.hpp"
#include "sluice/journal/record_json.hpp"
#include "sluice/planning/drain_rate.hpp"
#include "sluice/planning/planner.hpp"
#include "sluice/status/problem.hpp"
#include "stage.hpp"
#include "verdict_waits.hpp"

namespace sluice::actors {
namespace {

/// Before exits of a line that found no room are offered again, if nothing tells of room before.
constexpr milliseconds held_pause{50};

class intake : public stage<intake_actor> {
 public:
  intake(caf::actor_config& config, services given, intake_options options)
      : stage(config, std::move(given)),
        settings_(std::move(options.settings)),
        desk_(settings_, std::move(options.tokens), options.orders),
        refused_lines_(std::move(options.refused_lines)),
        waits_(options.waits_max) {}

  behavior_type make_behavior() override {
    return {
        [this](tick) {
          offer_held();
          if (const auto next = waits_.run_out(now()))
            wake_at(*next);
        },
        [this](const meet& m) { met(m); },
        [this](const plans_posted& posted) { take(posted); },
        [this](const plan_line_read& line) { take(line); },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            if (const auto* judged = std::get_if<plan_judged>(&r.body))
              judged_now(*judged);
            else if (const auto* taken = std::get_if<plan_accepted>(&r.body);
                     taken && lane_of(taken->what) == lane::entry)
              waiting_entries_.insert(taken->what.id);
        },
        [this](const source_tokens_changed& change) { desk_.tokens(change.now); },
        [this](drain) {
          draining_ = true;
          for (const auto& h : std::exchange(held_, {}))
            refuse(*h.from, {{"", "the process is ending"}});
        },
    };
  }

  void on_exit() override {
    // The HTTP server ends after the stages, and until now there might have been a verdict.
    waits_.end();
    held_.clear();
    stage::on_exit();
  }

 private:
  using line_ptr = std::shared_ptr<const plan_line_read>;
  /// Who offered plans: a request, or a line.
  struct origin {
    std::optional<waiting_request> request{};
    line_ptr line{};
  };
  /// Exits of a line that found their queue full or their quota used up.
  struct held_line {
    line_ptr from{};
    std::vector<plan> plans{};
  };
  /// What is kept of a plan while the planner has it, and until its verdict.
  struct traveller {
    plan_id id{};
    source_id source{};
    lane traffic{lane::entry};
  };
  using travellers = std::vector<traveller>;

  // ---- in

  void take(const plans_posted& posted) {
    // The HTTP server listens before the stages have met.
    if (draining_ || !peers_)
      return (*posted.answer)(
          status::problem_response(503, draining_ ? "the process is ending" : "starting"));
    const auto at = now_stamp();
    auto document = parse_plans(posted.body, {at, venue_stamp().wall}, settings_);
    if (!document || (posted.dry_run && !document->late.empty())) {
      metrics().add(status::metric::plans_rejected);
      return (*posted.answer)(
          faults_response(document ? faults_of(document->late) : document.error()));
    }
    if (posted.dry_run)
      return preview(std::move(*document), posted);
    if (auto refusal = turned_away(*document, {false, posted.token, posted.may_order})) {
      metrics().add(status::metric::plans_rejected, static_cast<double>(document->plans.size()));
      return (*posted.answer)(std::move(*refusal));
    }
    waiting_request w{*posted.answer, {}, document->batch, at.steady};
    if (posted.wait)
      w.until += duration{std::min(*posted.wait, status::verdict_wait_max)};
    auto late = std::move(document->late);
    auto from = std::make_shared<origin>(origin{std::move(w), nullptr});
    auto plans = std::make_shared<std::vector<plan>>(std::move(document->plans));
    tell_unknown(this, peers_->journal, std::move(late), [this, from, plans](unknown_late unknown) {
      if (unknown && unknown->empty())
        return offer(std::move(*plans), std::move(*from));
      metrics().add(status::metric::plans_rejected);
      from->request->answer(unknown ? faults_response(*unknown)
                                    : status::problem_response(503, "the journal tells nothing"));
    });
  }

  /// Whoever may not send these plans may not try them either; quotas are not touched.
  void preview(plan_document d, const plans_posted& posted) {
    const auto answer = desk_.admit(d.plans, {false, posted.token, posted.may_order}, now(), true);
    const bool by_quota =
        answer.refusal == desk_refusal::too_fast || answer.refusal == desk_refusal::too_many_open;
    count_tokens(answer);
    if (!by_quota && answer.refusal != desk_refusal::none)
      return (*posted.answer)(desk_response(answer, d.batch, free_after(answer.traffic, 1)));
    previews_.show(this, peers_->gate, std::move(d), *posted.answer);
  }

  /// Why not: who sends them first, for a stranger learns nothing of our queues.
  std::optional<status::response> turned_away(const plan_document& d, const plan_bearer& by) {
    const auto full = full_lane(d.plans);
    const auto answer = desk_.admit(d.plans, by, now(), full.has_value());
    count_tokens(answer);
    if (answer.refusal != desk_refusal::none)
      return desk_response(answer, d.batch, free_after(answer.traffic, 1));
    if (full)
      return queue_full_response(*full, queue_max(*full), free_after(*full, d.plans.size()));
    return std::nullopt;
  }

  void count_tokens(const desk_answer& a) {
    const auto why = token_fault(a.refusal);
    if (why.empty())
      return;
    metrics().add(status::metric::http_tokens_refused, {why});
    log().limited(std::string{why}, status::log_level::warn, "intake", "token_refused",
                  {{"why", why}, {"source", a.source.str()}});
  }

  void take(const plan_line_read& read) {
    const auto line = std::make_shared<const plan_line_read>(read);
    if (!line->fault.empty())
      return refuse(*line, {{"", line->fault}});
    auto document = parse_plans(line->text, {now_stamp(), venue_stamp().wall}, settings_);
    if (!document)
      return refuse(*line, document.error());
    if (draining_)
      return refuse(*line, {{"", "the process is ending"}});
    auto& plans = document->plans;
    if (!document->late.empty()) {
      refuse(*line, faults_of(document->late));
      keep_exits_in_time(plans, document->late, is_entry_);
    }
    order_exits_first(plans);
    const auto entries = std::ranges::find(plans, lane::entry, &lane_of);
    if (entries != plans.begin())
      held_.push_back({line, {plans.begin(), entries}});
    offer_held();
    if (entries != plans.end())
      offer_entries(line, {entries, plans.end()});
  }

  /// Entries of a line do not wait: when there is room again they would be of another market.
  void offer_entries(const line_ptr& line, std::vector<plan> entries) {
    if (full_lane(entries))
      return refuse(*line, {{"", why_full(lane::entry, queue_max(lane::entry))}});
    if (const auto answer = desk_.admit(entries, {true, {}}, now());
        answer.refusal != desk_refusal::none)
      return refuse(*line, {{"/source", why_refused(answer)}});
    offer(std::move(entries), {std::nullopt, line});
  }

  /// Exits of lines wait for room; meanwhile their tickets hold up the reader. They stay in order:
  /// all of them for room in the queue, those of one source for its quota.
  void offer_held() {
    std::unordered_set<source_id> behind;
    for (auto at = held_.begin(); at != held_.end();) {
      const auto& plans = at->plans;
      const auto most = queue_max(lane::exit);
      const bool never_fits = plans.size() > most;
      bool waits =
          std::ranges::any_of(plans, [&](const auto& p) { return behind.contains(p.source); });
      desk_answer answer;
      if (!waits && !never_fits) {
        answer = desk_.admit(plans, {true, {}}, now(), true);
        waits = passes_by_waiting(answer, plans);
        if (waits)
          wake_at(now() + std::max(duration{answer.wait}, duration{held_pause}));
      }
      if (waits) {
        for (const auto& p : plans)
          behind.insert(p.source);
        ++at;
        continue;
      }
      if (!never_fits && full_lane(plans))
        return wake_at(now() + duration{held_pause});
      auto ready = std::move(*at);
      at = held_.erase(at);
      if (never_fits)
        refuse(*ready.from, {{"", fmt::format("has more exits than the queue takes: {}", most)}});
      else if (answer.refusal != desk_refusal::none)
        refuse(*ready.from, {{"/source", why_refused(answer)}});
      else
        offer_admitted(std::move(ready));
    }
  }

  void offer_admitted(held_line ready) {
    if (const auto dropped = drop_outliving_cancels(ready.plans, now(), is_entry_);
        !dropped.empty())
      refuse(*ready.from, dropped);
    // It was only asked before; nothing has come in between.
    static_cast<void>(desk_.admit(ready.plans, {true, {}}, now()));
    offer(std::move(ready.plans), {std::nullopt, std::move(ready.from)});
  }

  /// A quota is used up for now, and is not smaller than what it is asked for.
  static bool passes_by_waiting(const desk_answer& a, const std::vector<plan>& plans) {
    if (a.refusal == desk_refusal::too_fast)
      return true;
    const auto wanted = std::ranges::count(plans, a.source, &plan::source);
    return a.refusal == desk_refusal::too_many_open && static_cast<std::size_t>(wanted) <= a.limit;
  }

  void refuse(const plan_line_read& line, const std::vector<field_fault>& why) {
    metrics().add(status::metric::plans_rejected);
    log().limited(
        "line", status::log_level::warn, "intake", "line_refused",
        {{"line", line.number}, {"field", why.front().pointer}, {"why", why.front().reason}});
    if (refused_lines_)
      refused_lines_->add(letter_json(now_stamp().wall, line.number, line.text, why));
  }

  void offer(std::vector<plan> plans, origin from) {
    auto who = std::make_shared<travellers>();
    who->reserve(plans.size());
    for (const auto& p : plans)
      who->push_back({p.id, p.source, lane_of(p)});
    count_offered(*who, +1);
    auto back = std::make_shared<origin>(std::move(from));
    request(peers_->planner, caf::infinite, take_plans{std::move(plans)})
        .then(
            [this, who, back](const plans_taken& taken) {
              count_offered(*who, -1);
              taken_by_planner(*who, taken, std::move(*back));
            },
            [this, who, back](const caf::error&) {
              count_offered(*who, -1);
              if (back->line)
                refuse(*back->line, {{"", "the journal takes no plans"}});
              if (back->request)
                back->request->answer(status::problem_response(503, "the journal takes no plans"));
            });
  }

  /// A verdict may have become known before the planner's answer: both follow the same commit.
  void taken_by_planner(travellers& who, const plans_taken& taken, origin from) {
    std::vector<plan_fate> fates;
    for (std::size_t i = 0; i < who.size(); ++i) {
      plan_fate fate{who[i].id, taken.receptions.at(i), taken.about.at(i)};
      if (is_refused(fate.reception))
        told_refused(fate, from);
      else
        fate.verdict = waits_.verdict_of(fate.judged_as());
      if (fate.verdict.empty() && fate.reception == plan_reception::accepted)
        open(std::move(who[i]));
      fate.awaited =
          fate.verdict.empty() && !is_refused(fate.reception) && open_.contains(fate.judged_as());
      fates.push_back(std::move(fate));
    }
    if (!from.request)
      return;
    auto back = std::make_shared<waiting_request>(std::move(*from.request));
    back->fates = std::move(fates);
    look_up_verdicts(this, peers_->journal, back, [this, back] {
      const auto until = back->until;
      waits_.take(std::move(*back), now());
      if (until > now())
        wake_at(until);
    });
  }

  void told_refused(const plan_fate& fate, const origin& from) {
    const auto why = why_refused(fate);
    if (from.line)
      return refuse(*from.line, {{"", why}});
    metrics().add(status::metric::plans_rejected);
    log().limited(fate.id.str(), status::log_level::warn, "intake", "plan_refused",
                  {{"plan", fate.id}, {"why", why}});
  }

  // ---- out

  void judged_now(const plan_judged& judged) {
    close(judged.plan);
    waiting_entries_.erase(judged.plan);
    waits_.judged(judged.plan, journal::long_numbers_as_text(journal::body_json(judged)));
    if (!held_.empty())
      offer_held();
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

  /// How long until `places` more plans of the lane have their verdict, at the speed of late.
  [[nodiscard]] std::chrono::seconds free_after(lane traffic, std::size_t places) const {
    return drained_[static_cast<std::size_t>(traffic)].until_free(places, now());
  }

  /// At the planner, or waiting for a verdict: both count for a source's quota.
  void count_offered(const travellers& who, int by) {
    for (const auto& t : who) {
      offered_[static_cast<std::size_t>(t.traffic)] += static_cast<std::size_t>(by);
      if (by > 0)
        desk_.opened(t.source, t.traffic);
      else
        desk_.closed(t.source, t.traffic);
    }
  }

  void open(traveller t) {
    const auto [at, added] = open_.try_emplace(t.id, t);
    if (!added)
      return;
    ++open_count_[static_cast<std::size_t>(t.traffic)];
    desk_.opened(t.source, t.traffic);
  }

  void close(const plan_id& id) {
    const auto at = open_.find(id);
    if (at == open_.end())
      return;
    const auto lane_number = static_cast<std::size_t>(at->second.traffic);
    --open_count_[lane_number];
    drained_[lane_number].left(now());
    desk_.closed(at->second.source, at->second.traffic);
    open_.erase(at);
  }

  intake_settings settings_;
  bool draining_{false};
  source_desk desk_;
  preview_desk previews_{};
  std::shared_ptr<dead_letters> refused_lines_;
  std::deque<held_line> held_{};
  std::array<drain_rate, 2> drained_{};            ///< By lane.
  std::unordered_map<plan_id, traveller> open_{};  ///< Accepted, no verdict yet.
  std::unordered_set<plan_id> waiting_entries_{};  ///< The same, of whoever they are.
  const entry_waits is_entry_{[this](const plan_id& id) { return waiting_entries_.contains(id); }};
  std::array<std::size_t, 2> open_count_{};
  std::array<std::size_t, 2> offered_{};  ///< At the planner, not yet answered.
  verdict_waits waits_;
};

}  // namespace

intake_actor spawn_intake(caf::actor_system& system, services given, intake_options options) {
  return system.spawn<intake>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
