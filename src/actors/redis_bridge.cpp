// The bridge's shell: the desk decides, and what it says goes to the planner and to Redis.
#include "sluice/actors/redis_bridge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "plan_lookup.hpp"
#include "redis_jobs.hpp"
#include "sluice/planning/permit_shelf.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds tick_period{250};
/// A mark older than this is left out of a snapshot.
constexpr milliseconds mark_stale_after{10'000};

/// One that wants what another plan wants is on record and gets a verdict as well.
plan_identity identity_of(plan_reception r) {
  switch (r) {
    case plan_reception::accepted:
    case plan_reception::duplicate:
      return plan_identity::fresh;
    case plan_reception::repeated:
      return plan_identity::repeat;
    case plan_reception::conflicting:
    case plan_reception::symbol_busy:
    case plan_reception::not_its_own:
      break;
  }
  return plan_identity::conflict;
}

class redis_bridge : public stage<redis_bridge_actor> {
 public:
  redis_bridge(caf::actor_config& config, services given, redis_bridge_options options)
      : stage(config, std::move(given)),
        options_(std::move(options)),
        desk_(options_.upstream, options_.intake,
              [this](const plan_id& id) { return look_up(*options_.reader, id); }),
        permits_(options_.upstream.permit_ttl) {
    for (const auto& p : options_.undecided)
      if (!is_own_source(p.source))
        desk_.expect(p.id);
    for (const auto& p : options_.undecided)
      ours_.accepted(p);
    for (const auto& p : options_.unfinished)
      ours_.accepted(p);
    for (const auto& [order, position] : options_.under_way)
      ours_.begun(order, position);
  }

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          show_reach();
          work();
        },
        [this](const stream_delivered& d) { take(*d.batch); },
        [this](const redis_answered& a) {
          for (const auto& each : *a.answers)
            learn(each);
        },
        [this](const redis_reached& r) { take(r); },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            std::visit([&](const auto& body) { learn(body, r.at); }, r.body);
          write_permits();
          write_changed();
        },
        [this](const stale_limits_changed& limits) { options_.stale_after = limits.exit; },
        [this](tick) { work(); },
    };
  }

 private:
  enum class job_kind : std::uint8_t { acknowledgement, refusal, permit, snapshot };
  static std::string_view word_of(job_kind k) {
    constexpr std::array<std::string_view, 4> words{"acknowledgement", "refusal", "permit",
                                                    "snapshot"};
    return words.at(static_cast<std::size_t>(k));
  }
  struct sent_job {
    job_kind kind{job_kind::acknowledgement};
    std::uint64_t permit{0};
    std::string refused{};  ///< The entry, acknowledged once its refusal is kept.
  };

  // ---- entries in

  void take(const stream_batch& batch) {
    upstream_actions out;
    out.done = batch.gone;
    const auto at = now_stamp();
    // Its fields are known to nobody: the id is all that can be kept.
    for (const auto& u : batch.unreadable) {
      if (std::ranges::any_of(sent_, [&](const auto& job) { return job.second.refused == u.id; }))
        continue;
      out.refused.push_back(
          {{u.id, {}},
           {upstream_fault::unreadable, fmt::format("it is too large: {}", u.why), {}, {}},
           false});
    }
    for (const auto& entry : batch.entries)
      desk_.deliver(entry, batch.server_ms, at, out);
    carry_out(std::move(out));
    step();
    // The next batch waits until this one is in the desk's bounds.
    options_.outbox->grant();
  }

  void work() {
    step();
    write_permits();
    write_changed();
    write_round();
    wake_at(now() + duration{tick_period});
  }

  void step() {
    if (!peers_)  // Entries may come before the stages have met.
      return;
    upstream_actions out;
    upstream_view view{ours_, now_stamp()};
    view.judges = given_.table->account_as_of().has_value() && has_symbols();
    view.has_marks = vitals().mark_stream_up;
    view.truth = [this](const position_key& key) { return given_.table->read(key); };
    view.stale_after = options_.stale_after;
    desk_.step(view, out);
    carry_out(std::move(out));
  }

  [[nodiscard]] bool has_symbols() const {
    return !given_.universe->current()->instruments.empty();
  }

  void carry_out(upstream_actions out) {
    count("skipped", out.skipped);
    count("repeated", out.repeated.size());
    if (!out.done.empty())
      put({job_kind::acknowledgement}, {acknowledgement_of(options_.redis, out.done)});
    for (auto& r : out.refused)
      refuse(std::move(r));
    for (const auto& id : out.repeated)
      permits_.put_again(id, now());
    if (!out.plans.empty())
      offer(std::move(out.plans));
    ask_for(out.reads);
    write_permits();
  }

  void refuse(refused_entry r) {
    const auto at = now_stamp();
    count(to_string(r.why.fault), 1);
    metrics().add(status::metric::plans_rejected);
    log().limited(to_string(r.why.fault), status::log_level::warn, "redis_bridge", "entry_refused",
                  {{"entry", r.entry.id},
                   {"plan", r.why.id},
                   {"why", to_string(r.why.fault)},
                   {"detail", r.why.reason}});
    put({job_kind::refusal, 0, r.entry.id}, {refusal_of(options_.redis, r, at.wall)});
    if (r.answers && options_.redis.write_permits)
      permits_.put(r.why.id, permit_json(r.why, at.wall), at.steady);
  }

  void offer(std::vector<plan> plans) {
    std::vector<plan_id> ids;
    for (const auto& p : plans)
      ids.push_back(p.id);
    request(peers_->planner, caf::infinite, take_plans{std::move(plans)})
        .then(
            [this, ids](const plans_taken& taken) {
              upstream_actions out;
              for (std::size_t i = 0; i < ids.size(); ++i) {
                if (taken.receptions.at(i) == plan_reception::symbol_busy) {
                  desk_.refused(ids[i], upstream_fault::symbol_busy,
                                fmt::format("{} has not ended", taken.about.at(i).str()), out);
                  continue;
                }
                const auto as = identity_of(taken.receptions.at(i));
                count("taken", as == plan_identity::fresh ? 1 : 0);
                desk_.taken(ids[i], as, out);
              }
              carry_out(std::move(out));
              step();
            },
            [this, ids](const caf::error&) {
              for (const auto& id : ids)
                desk_.not_taken(id);
            });
  }

  void ask_for(const std::vector<position_key>& reads) {
    read_truths wanted;
    for (const auto& key : reads)
      wanted.wanted.push_back({key, read_class::exit_demand, now()});
    if (!wanted.wanted.empty())
      send(peers_->snapshot_manager, std::move(wanted));
  }

  // ---- verdicts and truths out

  void learn(const plan_accepted& accepted, const stamp&) { ours_.accepted(accepted.what); }
  void learn(const plan_finished& finished, const stamp&) { ours_.ended(finished.plan); }
  void learn(const order_intended& sent, const stamp&) {
    ours_.begun(sent.request.id, {sent.request.instrument, sent.request.leg});
  }
  void learn(const order_changed& changed, const stamp&) {
    if (is_resolved(changed.state))
      ours_.ended(changed.order, now());
  }
  void learn(const plan_judged& judged, const stamp& at) {
    if (judged.outcome.kind != verdict_kind::allow)
      ours_.ended(judged.plan);
    if (!desk_.judged(judged.plan))
      return;
    if (options_.redis.write_permits)
      permits_.put(judged.plan, permit_json(judged, at.wall), at.steady);
    step();
  }
  void learn(const truth_changed& changed, const stamp&) {
    if (options_.redis.write_snapshots)
      changed_.insert(changed.position);
  }
  template <class Other>
  void learn(const Other&, const stamp&) {}

  void write_permits() {
    if (!up(redis_connection::writing))
      return;
    for (auto& due : permits_.take(now()))
      if (!put({job_kind::permit, due.number}, {permit_command(options_.redis, due)}))
        permits_.lost(due.number);
    if (const auto died = permits_.died(); died > died_shown_) {
      metrics().add(status::metric::redis_failures, {"permit_died"},
                    static_cast<double>(died - std::exchange(died_shown_, died)));
      log().limited("died", status::log_level::warn, "redis_bridge", "permits_not_written",
                    {{"all_told", died}});
    }
  }

  void write_changed() {
    if (!up(redis_connection::writing))
      return;
    for (const auto& key : std::exchange(changed_, {}))
      write_snapshot(key);
  }

  /// Every position once a period, a few at each tick.
  void write_round() {
    if (!options_.redis.write_snapshots || !up(redis_connection::writing))
      return;
    const auto& names = given_.table->directory();
    const auto total = names.size();
    const auto period = static_cast<std::size_t>(options_.redis.snapshot_period.count());
    const auto share = total * static_cast<std::size_t>(tick_period.count());
    for (round_due_ = std::min(round_due_ + share, total * period); round_due_ >= period;
         round_due_ -= period) {
      next_in_round_ = next_in_round_ + 1 < total ? next_in_round_ + 1 : 0;
      write_snapshot(
          {names.name_of(static_cast<symbol_index>(next_in_round_)), position_side::both});
    }
  }

  void write_snapshot(const position_key& key) {
    if (key.leg != position_side::both)
      return;
    const auto seen = given_.table->read(key);
    std::optional<price> mark;
    if (const auto m = given_.marks->read(key.instrument);
        m && between(m->received_at, now()) <= mark_stale_after)
      mark = m->value;
    const auto fields = snapshot_fields(seen.content, given_.time.at(seen.as_of).wall, mark);
    if (fields)
      put({job_kind::snapshot},
          snapshot_commands(options_.redis, key.instrument, *fields, mark.has_value()));
  }

  bool put(sent_job job, std::vector<redis::command> commands) {
    const auto number = ++last_job_;
    if (!options_.outbox->put({number, std::move(commands)})) {
      tell_failed(job.kind, "too much waits to be written");
      return false;
    }
    sent_.emplace(number, job);
    return true;
  }

  void learn(const redis_answer& answer) {
    const auto job = sent_.extract(answer.number);
    if (job.empty())
      return;
    const auto& [kind, permit, refused] = job.mapped();
    const bool succeeded = answer.outcome == redis_outcome::done;
    if (kind == job_kind::permit && succeeded)
      permits_.written(permit);
    else if (kind == job_kind::permit)
      permits_.lost(permit);  // Tried again at the next tick, while it lives.
    if (kind == job_kind::refusal && succeeded)
      put({job_kind::acknowledgement}, {acknowledgement_of(options_.redis, {refused})});
    // An entry whose end was not written is delivered again, and recognised.
    if (!succeeded)
      tell_failed(kind, answer.why);
  }

  void tell_failed(job_kind kind, std::string_view why) {
    metrics().add(status::metric::redis_failures, {word_of(kind)});
    log().limited(word_of(kind), status::log_level::warn, "redis_bridge", "not_written",
                  {{"what", word_of(kind)}, {"why", why}});
  }

  // ---- the connections

  struct reach_of {
    bool up{false};
    std::string why{"not asked yet"};
  };
  [[nodiscard]] bool up(redis_connection c) const { return reach_[static_cast<std::size_t>(c)].up; }
  static std::string_view word_of(redis_connection c) {
    return c == redis_connection::reading ? "reading" : "writing";
  }

  void take(const redis_reached& r) {
    auto& known = reach_[static_cast<std::size_t>(r.which)];
    const bool changed = known.up != r.up;
    known = {r.up, r.why};
    if (r.up)
      log().info("redis_bridge", "connected", {{"connection", word_of(r.which)}});
    else
      log().limited(word_of(r.which), status::log_level::warn, "redis_bridge", "not_connected",
                    {{"connection", word_of(r.which)}, {"why", r.why}});
    show_reach();
    if (changed && r.up)
      work();
  }

  void show_reach() const {
    std::vector<finding> found;
    for (const auto c : {redis_connection::reading, redis_connection::writing}) {
      const auto& known = reach_[static_cast<std::size_t>(c)];
      metrics().set(status::metric::redis_up, {word_of(c)}, known.up ? 1 : 0);
      if (!known.up && found.empty())
        found.push_back(
            {"redis_unreachable", fmt::format("{} of {}: {}; plans of the stream wait there",
                                              word_of(c), options_.redis.address, known.why)});
    }
    static_cast<void>(vitals().found(preflight_part::redis, std::move(found)));
  }

  void count(std::string_view outcome, std::size_t by) const {
    if (by > 0)
      metrics().add(status::metric::redis_entries, {outcome}, static_cast<double>(by));
  }

  redis_bridge_options options_;
  upstream_watch ours_{};
  upstream_desk desk_;
  permit_shelf permits_;
  std::uint64_t died_shown_{0};
  std::array<reach_of, 2> reach_{};
  std::uint64_t last_job_{0};
  std::unordered_map<std::uint64_t, sent_job> sent_{};
  std::unordered_set<position_key> changed_{};
  std::size_t next_in_round_{0};
  std::size_t round_due_{0};  ///< Snapshots times the period in milliseconds.
};

}  // namespace

redis_bridge_actor spawn_redis_bridge(caf::actor_system& system, services given,
                                      redis_bridge_options options) {
  return system.spawn<redis_bridge>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
