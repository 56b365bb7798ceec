// The status stage: routes, readiness edges, metrics, event readers.
#include "sluice/actors/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "age_document.hpp"
#include "event_readers.hpp"
#include "exchange_document.hpp"
#include "flatten_orders.hpp"
#include "insight_pages.hpp"
#include "limits_watch.hpp"
#include "log_level_orders.hpp"
#include "openapi.hpp"
#include "operator_documents.hpp"
#include "operator_orders.hpp"
#include "recent_verdicts.hpp"
#include "reload_order.hpp"
#include "service_words.hpp"
#include "sluice/planning/plan_schema.hpp"
#include "sluice/status/problem.hpp"
#include "sluice/status/router.hpp"
#include "sluice/truth/universe_tiers.hpp"
#include "stage.hpp"
#include "status_documents.hpp"
#include "status_gauges.hpp"
#include "status_pages.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds tick_period{250};

class status_stage : public stage<status_actor> {
 public:
  status_stage(caf::actor_config& config, services given, status_options options)
      : stage(config, std::move(given)),
        options_(std::move(options)),
        in_force_(std::make_shared<const settings_view>(options_.in_force)),
        router_(routes()),
        started_(now()) {
    for (const auto& line : options_.recovered.ledger)
      folded_.ledger_line(line.position, line.amount);
    for (const auto& o : options_.recovered.unresolved_orders)
      folded_.restore(
          order_line{o.request.id, o.plan, o.request, o.state, o.executed, o.detail, o.changed_at});
    for (const auto& h : options_.recovered.holds)
      folded_.restore(h);
    for (const auto& a : options_.recovered.armings)
      folded_.restore(a);
    for (const auto& s : options_.recovered.exits)
      folded_.restore(s);
    for (const auto& s : options_.recovered.stops)
      folded_.restore(s);
    options_.recovered = {};
  }

  behavior_type make_behavior() override {
    return {
        [this](tick) {
          look();
          if (peers_)
            limits_.look(this, peers_->gate, now());
          wake_at(now() + duration{tick_period});
        },
        [this](const meet& m) {
          met(m);
          metrics().set(status::metric::build_info, {options_.version, options_.revision}, 1);
          metrics().set(status::metric::start_time,
                        static_cast<double>(now_stamp().wall.ms) / 1000.0);
          wake_at(now() + duration{tick_period});
        },
        [this](const http_asked& asked) { answer(*asked.what, asked.answer); },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            take(r);
        },
        [this](const settings_told& told) { in_force_ = told.now; },
    };
  }

  void on_exit() override {
    readers_.clear();
    stage::on_exit();
  }

 private:
  // ---- what happened

  void take(const record& r) {
    folded_.apply(r);
    std::visit([&](const auto& body) { measure(body, r.at); }, r.body);
    readers_.tell(r);
  }

  void measure(const plan_accepted& b, const stamp&) {
    accepted_[b.what.id] = b.what.received.steady;
  }
  void measure(const plan_judged& b, const stamp& at) {
    const auto reason = b.outcome.reason();
    metrics().add(status::metric::verdicts,
                  {to_string(b.traffic), to_string(b.outcome.kind),
                   reason ? to_string(*reason) : std::string_view{"none"}});
    std::optional<duration> took;
    if (const auto since = accepted_.find(b.plan); since != accepted_.end()) {
      took = at.steady - since->second;
      metrics().observe(status::metric::verdict_latency, {to_string(b.traffic)},
                        std::chrono::duration<double>(*took).count());
      accepted_.erase(since);
    }
    recent_.judged(b.traffic, b.outcome.kind, took, at.steady);
    log().info("gate", "plan_judged",
               {{"plan", b.plan},
                {"symbol", b.instrument},
                {"verdict", to_string(b.outcome.kind)},
                {"reason", reason ? to_string(*reason) : std::string_view{"none"}}});
  }
  void measure(const notice& b, const stamp& at) {
    if (b.event == "exit_blocked")
      recent_.blocked(at, b.text);
  }
  template <class Other>
  void measure(const Other&, const stamp&) {}

  // ---- what is

  /// What readiness follows from, and no more: this is looked at four times a second.
  [[nodiscard]] status_view outline() {
    status_view v;
    v.now = now_stamp();
    v.mode = given_.mode;
    v.promise = vitals().promise();
    v.trading = vitals().trading();
    std::vector<duration> ages;
    v.universe_now = given_.universe->current();
    given_.table->scan([&](const position_key& key, const truth_view& seen) {
      if (!is_known(seen.content)) {
        ++v.truth.unknown;
        return;
      }
      ++(std::holds_alternative<position_open>(seen.content) ? v.truth.open : v.truth.flat);
      if (is_promised(v.promise.strategy, seen.content,
                      v.universe_now->find(key.instrument) != nullptr))
        ages.push_back(v.now.steady - seen.as_of);
    });
    v.ages = summarise_ages(std::move(ages));
    if (v.universe_now != in_rows_) {
      const auto left = without_row(*v.universe_now, given_.table->directory());
      v.truth.unknown += left;
      if (left == 0)
        in_rows_ = v.universe_now;
    }
    v.not_ready_for = readiness(readiness_of(v, *v.universe_now));
    return v;
  }

  [[nodiscard]] status_view view() {
    auto v = outline();
    v.started = started_;
    v.account = given_.account;
    v.overrides = vitals().overrides();
    v.budget = given_.exchange->budget();
    v.folded = &folded_;
    v.recent = &recent_;
    v.numbers = &vitals();
    v.limits = limits_.last();
    v.restart_needed = in_force_->restart_needed;
    v.stalls = vitals().stalls();
    v.warnings = vitals().findings();
    std::erase_if(v.warnings, [](const finding& f) { return f.kind == finding_kind::blocks; });
    return v;
  }

  [[nodiscard]] readiness_input readiness_of(const status_view& v, const universe& u) const {
    readiness_input in;
    in.now = v.now.steady;
    in.universe_known = !u.instruments.empty();
    in.universe_from = u.source;
    if (in.universe_known)
      in.universe_age = v.now.steady - u.read_at;
    in.universe_max_age = options_.universe.max_age;
    in.universe_offers = offers_any(u);
    in.account_as_of = given_.table->account_as_of();
    in.unknown = v.truth.unknown;
    in.oldest = v.ages.max;
    in.bound = v.promise.bound;
    in.exchange = vitals().exchange();
    in.findings = vitals().findings();
    in.stalls = vitals().stalls();
    in.user_stream_up = vitals().user_stream_up;
    in.mark_stream_up = vitals().mark_stream_up;
    in.marks_known = enough_have_marks(u, *given_.marks);
    in.trading = v.trading;
    in.draining = vitals().draining;
    return in;
  }

  /// Tells what has changed, to the log and to the service manager.
  void look() {
    const auto v = outline();
    if (peers_ && peers_->service)
      send(peers_->service, standing_of(v, given_.table->account_as_of().has_value()));
    tell_edges(v);
  }

  void tell_edges(const status_view& v) {
    std::string words;
    for (const auto& r : v.not_ready_for)
      words += (words.empty() ? "" : ",") + r.reason;
    if (last_words_ && *last_words_ == words)
      return;
    last_words_ = words;
    if (words.empty())
      log().info("status", "ready", {{"symbols", v.truth.open + v.truth.flat}});
    else
      log().limited(words, status::log_level::warn, "status", "not_ready", {{"reasons", words}});
  }

  // ---- what is asked

  void answer(const status::request& asked, const status::responder& reply) {
    if (!reply.awaited())
      return leave(asked);
    const auto where = router_.match(asked.method, asked.path);
    if (const auto* found = std::get_if<status::route_found>(&where))
      return serve(*found, asked, reply);
    if (const auto* other = std::get_if<status::route_method_not_allowed>(&where)) {
      auto refusal = status::problem_response(405, "allowed: " + other->allow);
      refusal.headers.emplace_back("Allow", other->allow);
      return reply(std::move(refusal));
    }
    if (std::holds_alternative<status::route_malformed>(where))
      return reply(status::problem_response(400, "the path cannot be read"));
    reply(status::problem_response(404, "there is nothing here"));
  }

  /// It waited here until its client was told that there is no answer. Whatever was ordered since
  /// then holds, and must not be undone by what its author takes for failed.
  void leave(const status::request& asked) const {
    if (asked.method == "POST")
      log().warn("status", "order_dropped",
                 {{"path", asked.path}, {"why", "its client was answered before its turn came"}});
  }

  void serve(const status::route_found& found, const status::request& asked,
             const status::responder& reply) {
    // The HTTP server listens before the stages have met.
    if (!peers_)
      return reply(status::problem_response(503, "starting"));
    switch (static_cast<page>(found.id)) {
      case page::healthz:
        return reply(status::json_response(R"({"status":"ok"})"));
      case page::readyz: {
        const auto v = view();
        return reply(status::json_response(asked.may_look ? ready_json(v) : ready_words_json(v),
                                           v.not_ready_for.empty() ? 200 : 503));
      }
      case page::metrics:
        show_in(metrics(), view(), given_.table->account_as_of().has_value(), log().counts());
        return reply(
            {200, std::string(status::exposition_content_type), metrics().exposition(), {}});
      case page::version:
        return reply(status::json_response(version_json()));
      case page::openapi:
        return reply(status::json_response(std::string{openapi_document()}));
      case page::status:
        return reply(status::json_response(status_json(view())));
      case page::positions:
        return reply(status::json_response(positions_json(
            position_lines(*given_.table, folded_, now(), asked.query.find("all").has_value()),
            folded_, *given_.marks, {&in_force_->exits, venue_stamp().wall})));
      case page::ages:
        return reply(status::json_response(ages_json(*given_.table, *given_.universe->current(),
                                                     vitals().promise(), now_stamp())));
      case page::plans:
        return reply(plans_page(*options_.reader, asked, now_stamp().wall));
      case page::plan_schema:
        return reply({200, "application/schema+json", sluice::plan_schema(), {}});
      case page::plan:
        return reply(plan_page(*options_.reader, *found.parameter("id")));
      case page::orders:
        return reply(status::json_response(orders_json(folded_)));
      case page::holds:
        return reply(status::json_response(holds_json(folded_)));
      case page::universe:
        return reply(
            status::json_response(universe_json(*given_.universe->current(), now_stamp())));
      case page::listing:
        return reply(status::json_response(
            listing_json(*given_.universe->current(),
                         symbol(std::string(*found.parameter("symbol"))), now_stamp())));
      case page::exchange:
        return reply(status::json_response(exchange_json(*given_.exchange, vitals(), now_stamp())));
      case page::events:
        return readers_.open(asked, reply, *options_.reader);
      case page::state:
        return reply(status::json_response(state_json(vitals().trading())));
      case page::overrides:
        return reply(status::json_response(
            overrides_json(vitals().overrides(), in_force_->gate, now_stamp().wall)));
      case page::limits:
        return answer_limits(this, peers_->gate, reply);
      case page::closes:
        return reply(status::json_response(closes_json(folded_, now_stamp().wall)));
      case page::reasons:
        return reply(reasons_page(*options_.reader, asked, now_stamp().wall));
      case page::config:
        return reply(status::json_response(in_force_->document));
      default:
        return take_order(found, asked, reply);
    }
  }

  void take_order(const status::route_found& found, const status::request& asked,
                  const status::responder& reply) {
    switch (static_cast<page>(found.id)) {
      case page::release_order:
        return order_release(this, peers_->reconciler, *found.parameter("symbol"), asked, reply);
      case page::state_order:
        return order_state_change(this, peers_->gate, asked, reply);
      case page::freshness_order:
        return order_freshness(this, peers_->snapshot_manager, asked, reply);
      case page::resync_order:
        return order_resync(this, peers_->snapshot_manager, asked, reply, given_.time);
      case page::override_order:
        return sluice::actors::order_override(this, peers_->gate, options_.setting_names, asked,
                                              reply);
      case page::revert_order:
        return order_revert(this, peers_->gate, *found.parameter("key"), asked, reply);
      case page::arm_order:
        return order_arm(this, peers_->reconciler, *found.parameter("symbol"), asked, reply);
      case page::flattens:
        return show_all_flattens(this, peers_->flattener, reply);
      case page::flatten:
        return show_flatten(this, peers_->flattener, *found.parameter("id"), reply);
      case page::flatten_order:
        return order_flattening(this, peers_->flattener, {given_.account, given_.marks}, asked,
                                reply);
      case page::disarm_order:
        return order_disarm(this, peers_->reconciler, *found.parameter("symbol"), asked, reply);
      case page::log_levels:
        return reply(status::json_response(log_levels_json(log().levels())));
      case page::log_level_order:
        return order_log_level(this, peers_->journal, log(), asked, reply);
      case page::reload_order:
        return order_reload(this, peers_->settings_keeper, asked, reply);
      default:
        return reply(status::problem_response(404, "there is nothing here"));
    }
  }

  [[nodiscard]] std::string version_json() const {
    return boost::json::serialize(boost::json::object{{"name", "sluice"},
                                                      {"version", options_.version},
                                                      {"revision", options_.revision},
                                                      {"config_hash", in_force_->hash}});
  }

  status_options options_;
  std::shared_ptr<const settings_view> in_force_;
  status::router router_;
  instant started_{};
  projection folded_{};
  recent_verdicts recent_{};
  std::unordered_map<plan_id, instant> accepted_{};
  event_readers readers_{};
  std::optional<std::string> last_words_{};
  std::shared_ptr<const universe> in_rows_{};  ///< Each of its symbols has a row of truth.
  limits_watch limits_{};
};

}  // namespace

status_actor spawn_status(caf::actor_system& system, services given, status_options options) {
  return system.spawn<status_stage>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
