// One position, one venue played by hand, and the stop keeper between them.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sluice/execution/client_id.hpp"
#include "sluice/execution/stop_keeper.hpp"
#include "support/catch.hpp"

namespace sluice::testing {

/// Keeps what the keeper said last, and carries out what becomes durable at once.
class stop_world {
 public:
  explicit stop_world(bool enabled = true) : keeper(options(enabled)) {}

  static stop_keeper_options options(bool enabled) {
    stop_keeper_options o;
    o.account = "test";
    o.settings.enabled = enabled;
    return o;
  }

  static price p(const std::string& text) { return price::parse(text).value(); }

  void hold(const std::string& amount, const std::string& entry = "100") {
    content = position_open{quantity::parse(amount).value(), p(entry)};
    as_of = now;
    source = truth_source::stream;
  }
  void flat() {
    content = position_flat{};
    as_of = now;
    source = truth_source::stream;
  }
  /// As a read sent now shows it.
  void missing() {
    flat();
    source = truth_source::bulk;
  }
  void exit_stop(const std::string& stop, const std::string& amount = "1") {
    exit_state s;
    s.position = key;
    s.active = true;
    s.entry = p("100");
    s.initial = quantity::parse(amount).value();
    s.stop = p(stop);
    keeper.exit_state_changed(s);
  }

  [[nodiscard]] stamp at() const { return {now, {1'790'000'000'000 + between({}, now).count()}}; }
  [[nodiscard]] stop_surroundings around() const {
    stop_surroundings s;
    s.seen = {content, as_of, {}, source, 1};
    s.mark = mark;
    s.orders_leave = orders_leave;
    instrument_rules r;
    r.instrument = key.instrument;
    r.tradable = tradable;
    r.closed = closed;
    r.tick = p("0.1");
    s.rules = r;
    return s;
  }

  /// Truth as of now, the decision, and everything that needs no venue.
  void decide() {
    as_of = now;
    take(keeper.decide(key, around(), at()));
  }
  void pass(milliseconds span) {
    now += span;
    take(keeper.on_tick(now));
  }
  void take(stop_actions actions) {
    for (auto& a : actions)
      if (const auto* intent = std::get_if<intend_stop>(&a)) {
        const auto id = intent->what.what.id;
        said.push_back(std::move(a));
        take(keeper.on_durable(id, around(), now));
      } else {
        said.push_back(std::move(a));
      }
  }
  template <class Action>
  [[nodiscard]] std::vector<Action> all() const {
    std::vector<Action> found;
    for (const auto& a : said)
      if (const auto* one = std::get_if<Action>(&a))
        found.push_back(*one);
    return found;
  }
  /// The newest of its kind since the last `forget`; fails the test when there is none.
  template <class Action>
  [[nodiscard]] Action last() const {
    const auto found = all<Action>();
    REQUIRE_FALSE(found.empty());
    return found.back();
  }
  template <class Action>
  [[nodiscard]] std::size_t count() const {
    return all<Action>().size();
  }
  void forget() { said.clear(); }

  [[nodiscard]] static conditional_report report(const client_order_id& id,
                                                 conditional_status status, side direction,
                                                 const std::string& trigger, order_id became = 0) {
    conditional_report r;
    r.client_id = id;
    r.id = 500;
    r.instrument = symbol("BTCUSDT");
    r.direction = direction;
    r.status = status;
    r.status_text = "SAID";
    r.trigger = p(trigger);
    r.close_position = true;
    r.triggered_order = became;
    return r;
  }
  [[nodiscard]] conditional_report report_of(const client_order_id& id, conditional_status status,
                                             order_id became = 0) const {
    return report(id, status, side::sell, "95", became);
  }

  void audit(std::vector<conditional_report> rows = {}, const symbol& scope = {}) {
    take(keeper.on_audit(scope, std::move(rows), now, at()));
  }
  /// The list is read for the first time and is empty.
  void begin() {
    take(keeper.on_tick(now));
    audit();
  }
  client_order_id accept() {
    const auto id = last<place_stop>().request.id;
    take(keeper.on_placed(id, conditional_done{report_of(id, conditional_status::new_)}, now));
    return id;
  }
  void refuse(int code, const std::string& text = "no") {
    order_refused r;
    r.http_status = 400;
    r.code = code;
    r.text = text;
    take(keeper.on_placed(last<place_stop>().request.id, r, now));
  }
  void refuse_for_now(int http_status) {
    order_refused r;
    r.http_status = http_status;
    r.retryable = true;
    r.cure = refusal_cure::wait;
    take(keeper.on_placed(last<place_stop>().request.id, r, now));
  }
  void cancelled(const client_order_id& id) {
    take(keeper.on_cancelled(id, conditional_cancelled{id, 500}, now));
  }
  /// A long position of 1 at 100 whose stop at 95 rests.
  client_order_id guarded() {
    begin();
    hold("1");
    exit_stop("95");
    decide();
    return accept();
  }
  [[nodiscard]] std::optional<stop_state> state_of(const client_order_id& id) const {
    for (const auto& s : keeper.stops())
      if (s.id == id)
        return s.state;
    return std::nullopt;
  }

  position_key key{symbol("BTCUSDT"), position_side::both};
  truth_source source{truth_source::stream};
  instant now{std::chrono::seconds{1'000}};
  truth content{position_unknown{}};
  instant as_of{};
  std::optional<price> mark{};
  bool tradable{true};
  bool closed{false};
  bool orders_leave{true};
  stop_keeper keeper;
  std::vector<stop_action> said{};
};

}  // namespace sluice::testing
