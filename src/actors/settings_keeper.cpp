// Reads the file, plans what changes, tells every stage its part, and journals who wanted it.
#include "sluice/actors/settings_keeper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "insight_pages.hpp"
#include "sluice/actors/access_files.hpp"
#include "sluice/config/reload.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

/// Faults in the log, each a line; all of them are in the answer.
constexpr std::size_t faults_logged_max = 20;
constexpr std::size_t keys_told_max = 10;

std::vector<setting_change> changes_of(const std::vector<config::change>& all) {
  std::vector<setting_change> out;
  for (const auto& c : all)
    out.push_back({c.name, c.before, c.after});
  return out;
}

bool any_in(const std::vector<setting_change>& all, std::string_view table) {
  return std::ranges::any_of(all,
                             [&](const setting_change& c) { return c.key.starts_with(table); });
}

std::string keys_text(const std::vector<setting_change>& all) {
  std::string out;
  for (std::size_t i = 0; i < std::min(all.size(), keys_told_max); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : ", ", all[i].key);
  if (all.size() > keys_told_max)
    out += fmt::format(" and {} more", all.size() - keys_told_max);
  return out;
}

class settings_keeper : public stage<settings_keeper_actor> {
 public:
  settings_keeper(caf::actor_config& config, services given, settings_keeper_options options)
      : stage(config, std::move(given)),
        in_force_(std::move(options.in_force)),
        environment_(std::move(options.environment)),
        guard_(std::move(options.guard)) {}

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          metrics().set(status::metric::config_last_reload, 1);
          show_success();
        },
        [this](const reload_settings& order) { return reload(order); },
    };
  }

 private:
  caf::result<settings_reloaded> reload(const reload_settings& order) {
    if (!peers_)
      return caf::make_error(caf::sec::runtime_error, "starting");
    if (peers_->service)
      send(peers_->service, reload_begun{});
    auto outcome = std::make_shared<reload_outcome>();
    outcome->file = in_force_.from.file;
    auto records = read(order, *outcome);
    if (peers_->service)
      send(peers_->service, reload_over{});
    auto promise = make_response_promise<settings_reloaded>();
    const settings_reloaded answer{std::move(outcome)};
    request(peers_->journal, caf::infinite, append_durable{std::move(records)})
        .then([promise, answer](const appended&) mutable { promise.deliver(answer); },
              [promise](const caf::error& e) mutable { promise.deliver(e); });
    return promise;
  }

  /// In force at once, answered when it survives a crash.
  std::vector<record_body> read(const reload_settings& order, reload_outcome& out) {
    auto loaded = config::load(in_force_.from.file, environment_);
    if (const auto* wrong = std::get_if<config::faults>(&loaded))
      return refused(order, *wrong, out);
    auto planned = config::plan_reload(in_force_, std::get<config::settings>(loaded));
    if (const auto* wrong = std::get_if<config::faults>(&planned))
      return refused(order, *wrong, out);
    auto& found = std::get<config::reload>(planned);
    if (const auto wrong = beyond_promise(found); !wrong.empty())
      return refused(order, wrong, out);
    // The files of those in force: whether a token is needed at all changes at a start alone.
    auto access = load_tokens(found.now);
    if (!access)
      return refused(order, {{found.now.from.file, {}, "secrets", access.error().text}}, out);
    out.applied = changes_of(found.applied);
    out.restart_needed = changes_of(found.restart_needed);
    in_force_ = std::move(found.now);
    for (const auto& o : vitals().overrides())
      if (any_in(out.applied, o.key))
        out.overridden.push_back(o.key);
    tell_stages(out.applied);
    tell_tokens(std::move(*access));
    return taken(order, out);
  }

  /// The bound that is promised may be another than the file's: operators change it at run time.
  [[nodiscard]] config::faults beyond_promise(const config::reload& planned) const {
    const auto bound = vitals().promise().bound;
    const auto& limits = planned.now.gate.limits;
    config::faults wrong;
    for (const auto& [key, limit] : {std::pair{"gate.stale_after_exit", limits.stale_after_exit},
                                     std::pair{"gate.stale_after_entry", limits.stale_after_entry}})
      if (limit < bound && std::ranges::count(planned.applied, key, &config::change::name) > 0)
        wrong.push_back({planned.now.from.file,
                         {},
                         key,
                         fmt::format("{} is shorter than the bound that is promised now, {}; order "
                                     "a shorter one first (/api/v1/freshness)",
                                     format_duration(limit), format_duration(bound))});
    return wrong;
  }

  void tell_stages(const std::vector<setting_change>& applied) {
    if (any_in(applied, "gate.") || any_in(applied, "limits.") || any_in(applied, "reconcile."))
      send(peers_->gate, gate_settings_changed{gate_settings_of(in_force_)});
    if (any_in(applied, "gate.stale_after_")) {
      const auto& limits = in_force_.gate.limits;
      const stale_limits_changed stale{limits.stale_after_exit, limits.stale_after_entry};
      send(peers_->snapshot_manager, stale);
      send(peers_->stop_guard, stale);
      if (peers_->redis_bridge)
        send(peers_->redis_bridge, stale);
    }
    if (any_in(applied, "limits."))
      send(peers_->universe_keeper, margin_period_changed{margin_period_of(in_force_.limits)});
    if (any_in(applied, "universe."))
      send(peers_->universe_keeper, allowed_symbols_changed{in_force_.universe.allow});
    if (any_in(applied, "exits."))
      send(peers_->exit_engine, exit_settings_changed{in_force_.exits});
    if (any_in(applied, "reconcile."))
      send(peers_->reconciler, reconcile_settings_changed{in_force_.reconcile});
    if (any_in(applied, "log."))
      log().configure(in_force_.log);
  }

  /// The intake first: whoever the guard lets in with a new token finds it known there.
  void tell_tokens(access_parts read) {
    send(peers_->intake, source_tokens_changed{std::move(read.sources)});
    guard_->replace(access_guard{std::move(read.tokens)});
  }

  std::vector<record_body> taken(const reload_settings& order, const reload_outcome& out) {
    for (const auto& c : out.applied)
      changed_at_[c.key] = now_stamp().wall;
    log().warn("config", "reloaded",
               {{"file", out.file},
                {"changed", out.applied.size()},
                {"keys", keys_text(out.applied)},
                {"restart_needed", keys_text(out.restart_needed)},
                {"author", order.author},
                {"reason", order.reason}});
    metrics().add(status::metric::config_reloads, {"taken"});
    metrics().set(status::metric::config_last_reload, 1);
    show_success();
    waiting_.clear();
    if (!out.restart_needed.empty())
      waiting_.push_back({"restart_needed",
                          fmt::format("other in {}, in force after a restart: {}", out.file,
                                      keys_text(out.restart_needed)),
                          finding_kind::warning});
    report(preflight_part::settings, waiting_);
    tell_status(out);
    if (out.applied.empty() && out.restart_needed.empty())
      return {};
    return {
        settings_changed{order.author, order.reason, out.file, out.applied, out.restart_needed}};
  }

  /// What was in force stays in force, all of it.
  std::vector<record_body> refused(const reload_settings& order, const config::faults& wrong,
                                   reload_outcome& out) {
    for (const auto& f : wrong) {
      out.faults.push_back({f.key, config::to_string(f)});
      if (out.faults.size() <= faults_logged_max)
        log().error("config", "fault", {{"what", out.faults.back().text}});
    }
    log().error("config", "reload_refused",
                {{"file", out.file},
                 {"faults", out.faults.size()},
                 {"in_force", "what was in force before"},
                 {"author", order.author},
                 {"reason", order.reason}});
    metrics().add(status::metric::config_reloads, {"refused"});
    metrics().set(status::metric::config_last_reload, 0);
    auto text = fmt::format("{} faults, the first: {}; what was in force before stays in force",
                            out.faults.size(), out.faults.front().text);
    auto found = waiting_;
    found.push_back({"config_reload_refused", text, finding_kind::warning});
    report(preflight_part::settings, std::move(found));
    return {notice{"config_reload_refused",
                   fmt::format("by {} ({}): {}", order.author, order.reason, text)}};
  }

  void show_success() {
    metrics().set(status::metric::config_last_success,
                  static_cast<double>(now_stamp().wall.ms) / 1000.0);
  }

  void tell_status(const reload_outcome& out) {
    auto view = std::make_shared<settings_view>();
    view->document = config_json(in_force_, changed_at_, out.restart_needed);
    view->hash = config_hash(in_force_);
    view->gate = in_force_.gate;
    view->exits = in_force_.exits;
    for (const auto& c : out.restart_needed)
      view->restart_needed.push_back(c.key);
    send(peers_->status, settings_told{std::move(view)});
  }

  config::settings in_force_;
  config::environment environment_;
  std::shared_ptr<guard_post> guard_;
  std::vector<finding> waiting_{};                 ///< Of the last reload that was taken.
  std::map<std::string, wall_time> changed_at_{};  ///< Keys that a reload has changed.
};

}  // namespace

settings_keeper_actor spawn_settings_keeper(caf::actor_system& system, services given,
                                            settings_keeper_options options) {
  if (options.thread == journal_thread::own)
    return system.spawn<settings_keeper, caf::detached>(std::move(given), std::move(options));
  return system.spawn<settings_keeper>(std::move(given), std::move(options));
}

gate_settings gate_settings_of(const config::settings& chosen) {
  auto s = chosen.gate;
  // Gate and reconciler call the same thing a drift.
  s.limits.drift_tolerance_percent = chosen.reconcile.tolerance_percent;
  s.limits.risk = chosen.limits.limits;
  s.read_lag_grace = chosen.snapshot.read_lag_grace;
  return s;
}

std::optional<milliseconds> margin_period_of(const limits_settings& s) {
  return s.limits.needs_margin() ? std::optional(s.margin_period) : std::nullopt;
}

}  // namespace sluice::actors
