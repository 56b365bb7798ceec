// The flattener's shell: hands what it hears to the core of each flatten and carries out what that
// says.
#include "sluice/actors/flattener.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

#include "flatten_log.hpp"
#include "flatten_port.hpp"
#include "open_order_looks.hpp"
#include "scope_positions.hpp"
#include "sluice/exchange/token.hpp"
#include "sluice/planning/confirmations.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

bool is_flattens(const plan_id& id) {
  return id.str().starts_with(flatten_plan_prefix);
}

constexpr milliseconds step_period{100};
constexpr std::size_t ended_max = 20;

class flattener : public stage<flattener_actor> {
 public:
  flattener(caf::actor_config& config, services given, flattener_options options)
      : stage(config, std::move(given)), options_(std::move(options)), last_id_(options_.last_id) {
    for (const auto& [order, position] : options_.under_way)
      ours_.begun(order, position);
  }

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          resume();
        },
        [this](const order_flatten& asked) { return take(asked); },
        [this](const show_flattens& asked) { return shown(asked.id); },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            std::visit([this](const auto& body) { learn(body); }, r.body);
          if (std::exchange(heard_, false))
            step_all();
        },
        [this](const conditional_orders_read& answer) {
          looks_.take(answer, *given_.exchange, this);
        },
        [this](const regular_orders_read& answer) { looks_.take(answer, now()); },
        [this](const cancel_answered& answer) { take(answer); },
        [this](tick) { step_all(); },
    };
  }

  void on_exit() override {
    looks_.forget_all();
    previews_.clear();  // They hold promises.
    stage::on_exit();
  }

 private:
  /// `durable` is set once the order is in the journal; nothing is done before.
  struct running {
    flatten_core core;
    bool durable{false};
  };
  using answer_promise = caf::typed_response_promise<flatten_answer>;

  // ---- what operators order

  caf::result<flatten_answer> take(const order_flatten& asked) {
    if (!peers_)
      return caf::make_error(caf::sec::runtime_error, "starting");
    if (auto why = obstacle(asked.scope); !why.empty())
      return refused(flatten_refusal::conflict, std::move(why));
    if (!asked.token.empty() && !desk_.take(exchange::digest_of(asked.token), asked.scope, now()))
      return refused(flatten_refusal::token,
                     fmt::format("the token is not one of this scope, was used, or is older than "
                                 "{}: ask again without it",
                                 format_duration(confirmations::lasts)));
    auto promise = make_response_promise<flatten_answer>();
    if (asked.token.empty())
      preview(asked.scope, promise);
    else
      begin(asked, promise);
    return promise;
  }

  static flatten_answer refused(flatten_refusal as, std::string why) {
    return {nullptr, std::nullopt, as, std::move(why)};
  }

  [[nodiscard]] std::string halt() const {
    const auto trading = vitals().trading();
    if (trading.state != trading_state::halted)
      return {};
    return fmt::format(
        "trading is halted by {} ({}), so nothing can be closed: order sluice state reduce_only "
        "--reason \"...\", remove the halt file if there is one, then flatten again",
        trading.author, trading.reason);
  }

  /// Why none can begin, with the cure.
  [[nodiscard]] std::string obstacle(const symbol& scope) const {
    if (given_.mode == run_mode::shadow)
      return "mode shadow sends no orders: close the positions where they were opened";
    if (auto halted = halt(); !halted.empty())
      return halted;
    // Truth knows no legs: what stands on one would count as flat, and its stops would go.
    for (const auto& f : vitals().findings())
      if (f.reason == "hedge_mode")
        return f.detail;
    if (!scope.empty() && !given_.table->directory().find(scope))
      return fmt::format("no symbol {} is known here", scope.str());
    for (const auto& [id, r] : running_)
      if (r.core.what().instrument.empty() || r.core.what().instrument == scope)
        return fmt::format("flatten {} of {} is under way already: GET /api/v1/flatten/{}", id,
                           scope_of(r.core.what()), id);
    return {};
  }

  /// Nothing of what is kept for exits is spent on it, however often somebody asks. Whoever asks
  /// while a look at the same scope is under way is told what that brings.
  void preview(const symbol& scope, answer_promise promise) {
    auto& waiting = previews_[scope];
    waiting.push_back(std::move(promise));
    if (waiting.size() == 1)
      look_at_orders(--last_preview_, scope, read_class::verification,
                     [this, scope](const resting_read& orders) {
                       const auto asked = previews_.extract(scope);
                       for (auto& to : asked.mapped())
                         to.deliver(preview_of(scope, orders));
                     });
  }

  flatten_answer preview_of(const symbol& scope, resting_read orders) {
    const auto token = exchange::random_token();
    if (!token)
      return refused(flatten_refusal::conflict, token.error().text);
    desk_.offer(exchange::digest_of(*token), scope, now());
    auto positions = positions_of(scope, *given_.table);
    std::erase_if(positions, [](const auto& each) {
      return std::holds_alternative<position_flat>(each.second.content);
    });
    const wall_time until{now_stamp().wall.ms + confirmations::lasts.count()};
    return {std::make_shared<const flatten_preview>(flatten_preview{
                scope, std::move(positions), std::move(orders.regular),
                std::move(orders.conditional), std::move(orders.fault), *token, until}),
            std::nullopt,
            flatten_refusal::none,
            {}};
  }

  void begin(const order_flatten& asked, answer_promise promise) {
    const auto at = now_stamp();
    const flatten_order what{++last_id_,   asked.scope,
                             asked.author, asked.reason,
                             at.wall,      {at.wall.ms + options_.settings.give_up_after.count()}};
    running_.emplace(what.id, running{core_of(what)});
    // In force before anybody can be told that it is. For the whole account the gate also closes it
    // for entries, until a person says otherwise, after whatever was ordered of it before.
    request(peers_->gate, caf::infinite, flatten_changed{what, true})
        .then([this, what, promise]() mutable { put_on_record(what, std::move(promise)); },
              [this, what, promise](const caf::error& e) mutable {
                running_.erase(what.id);
                promise.deliver(e);
              });
  }

  /// A halt that was on its way to the gate stays, and so does an end of all restrictions.
  void put_on_record(const flatten_order& what, answer_promise promise) {
    const bool open = vitals().trading().state == trading_state::active;
    auto why = open ? "trading was set to active meanwhile: flatten again" : halt();
    if (what.instrument.empty() && !why.empty()) {
      running_.erase(what.id);
      send(peers_->gate, flatten_changed{what, false});
      promise.deliver(refused(flatten_refusal::conflict, std::move(why)));
      return;
    }
    append_durable order;
    order.bodies.emplace_back(flatten_ordered{what});
    request(peers_->journal, caf::infinite, std::move(order))
        .then(
            [this, what, promise](const appended&) mutable {
              tell_flatten(log(), "flatten_ordered", what);
              replace_narrower(what);
              auto& r = running_.at(what.id);
              r.durable = true;
              step_all();
              promise.deliver(flatten_answer{nullptr, progress_of(what.id), {}, {}});
            },
            [promise](const caf::error& e) mutable { promise.deliver(e); });
  }

  /// One for the whole account takes over what those for single symbols began.
  void replace_narrower(const flatten_order& by) {
    if (!by.instrument.empty())
      return;
    std::vector<flatten_ended> over;
    for (const auto& [id, r] : running_)
      if (id != by.id)
        over.push_back(r.core.end(flatten_end::replaced));
    for (const auto& e : over)
      finish(e);
  }

  [[nodiscard]] flatten_core core_of(const flatten_order& what) const {
    return {what, options_.settings, options_.permit_ttl, now_stamp()};
  }

  void resume() {
    for (auto& known : options_.known)
      if (known.outcome) {
        ended_.push_front(std::move(known));
      } else {
        tell_flatten(log(), "flatten_resumed", known.what);
        running_.emplace(known.what.id, running{core_of(known.what), true});
      }
    options_.known.clear();
    step_all();
  }

  // ---- what happened

  void learn(const order_intended& b) {
    ours_.begun(b.request.id, {b.request.instrument, b.request.leg});
  }
  void learn(const order_changed& b) {
    if (!is_resolved(b.state))
      return;
    ours_.ended(b.order, now());
    heard_ = true;
  }
  void learn(const plan_finished& b) {
    heard_ = true;
    if (is_flattens(b.plan))
      for (auto& [id, r] : running_)
        r.core.finished(b, now());
  }
  void learn(const plan_judged& b) {
    if (!is_flattens(b.plan))
      return;
    heard_ = true;
    for (auto& [id, r] : running_)
      r.core.judged(b, now());
  }
  template <class Other>
  void learn(const Other&) {}

  // ---- open orders

  void look_at_orders(std::int64_t asked, const symbol& scope, read_class traffic,
                      open_order_looks::sink then) {
    looks_.begin(
        asked, scope, traffic,
        [this, then = std::move(then)](resting_read brought) {
          if (!brought.fault.empty())
            log().limited(brought.fault, status::log_level::warn, "flattener",
                          "open_orders_not_read", {{"why", brought.fault}});
          then(std::move(brought));
        },
        *given_.exchange, this);
  }

  void take(const cancel_answered& answer) {
    const bool good = answer.fault.empty();
    tell_cancel(log(), answer);
    if (good)
      journal({notice{"flatten_cancelled",
                      fmt::format("flatten {}: {}", answer.flatten, words_of(answer.what))}});
    if (const auto at = running_.find(answer.flatten); at != running_.end())
      at->second.core.cancel_answered(good, now());
    step_all();
  }

  // ---- steps

  void step_all() {
    if (!peers_ || vitals().draining)
      return;  // A process that ends leaves it to the next one.
    std::vector<flatten_ended> over;
    for (auto& [id, r] : running_)
      if (r.durable)
        if (auto ended = step(r.core))
          over.push_back(std::move(*ended));
    for (const auto& e : over)
      finish(e);
    metrics().set(status::metric::flattens, static_cast<double>(running_.size()));
    if (!running_.empty())
      wake_at(now() + duration{step_period});
  }

  std::optional<flatten_ended> step(flatten_core& core) {
    const auto& scope = core.what().instrument;
    const auto id = core.what().id;
    const auto account_as_of = given_.table->account_as_of();  // Before the positions.
    const auto positions = positions_of(scope, *given_.table);
    const bool halted = vitals().stopped || vitals().trading().state == trading_state::halted;
    flatten_actions out;
    core.step({now_stamp(), halted ? "halted" : "", positions, account_as_of, ours_}, out);
    if (out.ended)
      return std::move(out.ended);
    if (out.read_orders)
      look_at_orders(id, scope, read_class::exit_demand, [this, id](resting_read brought) {
        if (const auto at = running_.find(id); at != running_.end())
          at->second.core.orders_read(std::move(brought), now());
        step_all();
      });
    for (const auto& c : out.cancels)
      send_cancel(*given_.exchange, this, id, c);
    for (auto& p : out.plans)
      offer(id, std::move(p));
    read_truths wanted;
    for (const auto& key : out.reads)
      wanted.wanted.push_back({key, read_class::exit_demand, out.newer_than});
    if (!wanted.wanted.empty())
      send(peers_->snapshot_manager, std::move(wanted));
    return std::nullopt;
  }

  void offer(std::int64_t flatten, plan p) {
    const auto id = p.id;
    log().info("flattener", "close_proposed", {{"plan", id}, {"symbol", p.instrument}});
    request(peers_->planner, caf::infinite, take_plans{{std::move(p)}})
        .then(
            [this, flatten, id](const plans_taken& taken) {
              const auto at = running_.find(flatten);
              if (at == running_.end() || taken.receptions.front() == plan_reception::accepted)
                return;
              at->second.core.plan_repeated(id);
              step_all();
            },
            [this, flatten, id](const caf::error&) {
              if (const auto at = running_.find(flatten); at != running_.end())
                at->second.core.plan_not_taken(id, "the planner does not take it", now());
            });
  }

  void finish(const flatten_ended& e) {
    auto last = running_.at(e.what.id).core.progress();
    last.outcome = e.why;
    last.left = e.left;
    last.ended_at = now_stamp().wall;
    running_.erase(e.what.id);
    looks_.forget(e.what.id);
    ended_.push_front(std::move(last));
    if (ended_.size() > ended_max)
      ended_.pop_back();
    send(peers_->gate, flatten_changed{e.what, false});
    journal({e});
    metrics().add(status::metric::flattens_ended, {to_string(e.why)});
    tell_end(log(), e);
  }

  // ---- what is shown

  [[nodiscard]] flatten_progress progress_of(std::int64_t id) const {
    if (const auto at = running_.find(id); at != running_.end())
      return at->second.core.progress();
    const auto at = std::ranges::find(ended_, id, [](const auto& p) { return p.what.id; });
    return at == ended_.end() ? flatten_progress{} : *at;
  }

  [[nodiscard]] flattens_shown shown(std::optional<std::int64_t> id) const {
    flattens_shown out;
    for (auto at = running_.rbegin(); at != running_.rend(); ++at)
      out.all.push_back(at->second.core.progress());
    out.all.insert(out.all.end(), ended_.begin(), ended_.end());
    if (id)
      std::erase_if(out.all, [&](const auto& p) { return p.what.id != *id; });
    return out;
  }

  flattener_options options_;
  std::int64_t last_id_{0};
  std::int64_t last_preview_{0};
  bool heard_{false};  ///< Something that concerns a flatten.
  confirmations desk_{};
  order_watch ours_{};
  std::map<std::int64_t, running> running_{};
  std::deque<flatten_progress> ended_{};  ///< Newest first.
  open_order_looks looks_{};              ///< By flatten, or by dry run as a negative number.
  std::map<symbol, std::vector<answer_promise>> previews_{};  ///< By scope, while it is looked at.
};

}  // namespace

flattener_actor spawn_flattener(caf::actor_system& system, services given,
                                flattener_options options) {
  return system.spawn<flattener>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
