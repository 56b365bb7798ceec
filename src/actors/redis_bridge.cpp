// The bridge's shell: the desk decides, and what it says goes to the planner and to Redis.
#include "sluice/actors/redis_bridge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "plan_lookup.hpp"
#include "redis_jobs.hpp"
#include "redis_reach.hpp"
#include "sluice/planning/permit_shelf.hpp"
#include "stage.hpp"
#include "upstream_sight.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds tick_period{250};
/// A mark older than this is left out of a snapshot.
constexpr milliseconds mark_stale_after{10'000};
/// Refusals that the server did not keep, with the fields of their entries.
constexpr std::size_t unkept_max = 1'000;
constexpr milliseconds tell_again_after{5'000};

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
  struct sent_job {
    job_kind kind{job_kind::acknowledgement};
    std::uint64_t permit{0};
    refused_entry refused{};
  };

  // ---- entries in

  void take(const stream_batch& batch) {
    upstream_actions out;
    out.done = batch.gone;
    const arrival at{now_stamp(), venue_stamp().wall};
    // Its fields are known to nobody: the id is all that can be kept.
    for (const auto& u : batch.unreadable)
      out.refused.push_back(
          {{u.id, {}},
           {upstream_fault::unreadable, fmt::format("it is too large: {}", u.why), {}, {}},
           false});
    for (const auto& entry : batch.entries)
      desk_.deliver(entry, batch.server_ms, at, out);
    carry_out(std::move(out));
    step();
    // The next batch waits until this one is in the desk's bounds.
    options_.outbox->grant();
  }

  void work() {
    step();
    tell_again();
    write_permits();
    write_changed();
    write_round();
    wake_at(now() + duration{tick_period});
  }

  void step() {
    if (!peers_)  // Entries may come before the stages have met.
      return;
    upstream_actions out;
    desk_.step(look_around(given_, ours_, now_stamp(), options_.stale_after), out);
    carry_out(std::move(out));
  }

  void carry_out(upstream_actions out) {
    count("skipped", out.skipped);
    count("repeated", out.repeated.size());
    if (!out.done.empty())
      put({job_kind::acknowledgement, 0, {}}, {acknowledgement_of(options_.redis, out.done)});
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
    if (being_told_.contains(r.entry.id))
      return;
    count(to_string(r.why.fault), 1);
    metrics().add(status::metric::plans_rejected);
    log().limited(to_string(r.why.fault), status::log_level::warn, "redis_bridge", "entry_refused",
                  {{"entry", r.entry.id},
                   {"plan", r.why.id},
                   {"why", to_string(r.why.fault)},
                   {"detail", r.why.reason}});
    tell(std::move(r));
  }

  void tell(refused_entry r) {
    const bool denies = r.answers && options_.redis.write_permits;
    auto commands = refusal_commands(options_.redis, r, now_stamp().wall,
                                     denies ? options_.upstream.permit_ttl : milliseconds{0});
    auto id = r.entry.id;
    if (put({job_kind::refusal, 0, std::move(r)}, std::move(commands)))
      being_told_.insert(std::move(id));
  }

  /// A transaction keeps what of it was done: an entry may be acknowledged without standing where
  /// people find it.
  void tell_again() {
    if (unkept_.empty() || !up(redis_connection::writing) || now() < tell_again_at_)
      return;
    tell_again_at_ = now() + duration{tell_again_after};
    for (auto& r : std::exchange(unkept_, {}))
      tell(std::move(r));
  }

  void offer(std::vector<plan> plans) {
    std::vector<plan_id> ids;
    for (const auto& p : plans)
      ids.push_back(p.id);
    request(peers_->planner, caf::infinite, take_plans{std::move(plans)})
        .then(
            [this, ids](const plans_taken& taken) {
              upstream_actions out;
              bool waits = false;
              for (std::size_t i = 0; i < ids.size(); ++i) {
                if (taken.receptions.at(i) == plan_reception::symbol_busy) {
                  waits = desk_.symbol_busy(ids[i], taken.about.at(i), out) || waits;
                  continue;
                }
                const auto as = identity_of(taken.receptions.at(i));
                count("taken", as == plan_identity::fresh ? 1 : 0);
                desk_.taken(ids[i], as, out);
              }
              carry_out(std::move(out));
              // What waits again for what we have not heard of is offered at the next tick.
              if (!waits)
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
      if (!put({job_kind::permit, due.number, {}}, {permit_command(options_.redis, due)}))
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
        m && between(m->as_of, now()) <= mark_stale_after)
      mark = m->value;
    const auto fields = snapshot_fields(seen.content, given_.time.at(seen.as_of).wall, mark);
    if (fields)
      put({job_kind::snapshot, 0, {}},
          snapshot_commands(options_.redis, key.instrument, *fields, mark.has_value()));
  }

  bool put(sent_job job, std::vector<redis::command> commands) {
    const auto number = ++last_job_;
    if (!options_.outbox->put({number, std::move(commands)})) {
      tell_failed(job.kind, "too much waits to be written");
      return false;
    }
    sent_.emplace(number, std::move(job));
    return true;
  }

  void learn(const redis_answer& answer) {
    auto job = sent_.extract(answer.number);
    if (job.empty())
      return;
    auto& [kind, permit, refused] = job.mapped();
    const bool succeeded = answer.outcome == redis_outcome::done;
    if (kind == job_kind::permit && succeeded)
      permits_.written(permit);
    else if (kind == job_kind::permit)
      permits_.lost(permit);  // Tried again at the next tick, while it lives.
    if (kind == job_kind::refusal)
      being_told_.erase(refused.entry.id);
    if (kind == job_kind::refusal && answer.outcome == redis_outcome::partly &&
        unkept_.size() < unkept_max) {
      refused.answers = false;  // It was told, and its id may be another plan's by now.
      unkept_.push_back(std::move(refused));
    }
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

  [[nodiscard]] bool up(redis_connection c) const { return reach_.up(c); }

  void take(const redis_reached& r) {
    const bool changed = reach_.take(r);
    if (r.up)
      log().info("redis_bridge", "connected", {{"connection", word_of(r.which)}});
    else
      log().limited(word_of(r.which), status::log_level::warn, "redis_bridge", "not_connected",
                    {{"connection", word_of(r.which)}, {"why", r.why}});
    if (!r.denied.empty())
      log().warn("redis_bridge", "rights_missing",
                 {{"commands", fmt::format("{}", fmt::join(r.denied, ", "))}});
    show_reach();
    if (changed && r.up)
      work();
  }

  void show_reach() const {
    for (const auto c : redis_connections)
      metrics().set(status::metric::redis_up, {word_of(c)}, up(c) ? 1 : 0);
    static_cast<void>(
        vitals().found(preflight_part::redis, reach_.findings(options_.redis.address)));
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
  redis_reach reach_{};
  std::uint64_t last_job_{0};
  std::unordered_map<std::uint64_t, sent_job> sent_{};
  std::unordered_set<std::string> being_told_{};  ///< Entries whose refusal is on its way.
  std::vector<refused_entry> unkept_{};
  instant tell_again_at_{};
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
