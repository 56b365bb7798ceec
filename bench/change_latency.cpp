// How long a change at the venue takes to the state table, and to an exit order on the wire: the
// whole pipeline with its journal, against the venue over TLS in the same process.
#include <fmt/format.h>

#include <semaphore>
#include <thread>

#include "observed_exchange.hpp"
#include "options.hpp"
#include "waiting.hpp"
#include "whole_pipeline.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t symbols = 566;
/// Changes go round among these; each later exit takes a symbol of its own.
constexpr std::size_t changing = 10;
constexpr milliseconds patience{5'000};

template <class Condition>
void wait_for(const char* what, Condition&& met) {
  bench::wait_for(what, patience, std::forward<Condition>(met));
}

/// An instant that one thread leaves and another waits for.
class noted {
 public:
  void clear() { at_.store(instant{}); }
  void note(instant at) { at_.store(at); }
  [[nodiscard]] bool is_set() const { return at_.load() != instant{}; }
  [[nodiscard]] instant at() const { return at_.load(); }

 private:
  std::atomic<instant> at_{instant{}};
};

/// `tick`: between two frames of marks; the real venue sends one a second.
simulator::settings venue_settings(milliseconds tick) {
  simulator::settings s;
  s.symbols = symbols;
  s.closed_symbols = 0;
  s.latency = 0ms;
  s.weight_limit_1m = 0;
  s.order_limit_10s = 0;
  s.order_limit_1m = 0;
  s.volatility_bp = 0;
  s.tick_period = tick;
  s.transcript_max = 200'000;
  s.account.balance = notional::whole(900'000'000);
  return s;
}

/// The pipeline, the venue, and what was seen between them.
class scene {
 public:
  explicit scene(milliseconds tick)
      : venue_(simulator::server::start(venue_settings(tick)).value()),
        names_(venue_->symbols()),
        pipeline_(settings(), std::make_shared<bench::observed_exchange>(bench::client_of(*venue_),
                                                                         observers())) {
    if (!pipeline_.wait_until_ready(symbols, 30s))
      bench::give_up("getting ready");
  }

  /// A person trades; `sent` is when the venue was told. Comes back when the table shows it.
  struct change {
    instant sent{};
    instant arrived{};
    instant visible{};
  };
  change trade(std::size_t n, side direction) {
    const auto slot = *pipeline_.given().table->slot_of({names_[n], position_side::both});
    const auto before = pipeline_.given().table->read(slot).version;
    event_.clear();
    change c;
    order_to_trade_ = {names_[n], direction};
    c.sent = steady::now();
    wanted_.release();
    wait_for("a change", [&] { return pipeline_.given().table->read(slot).version != before; });
    c.visible = steady::now();
    wait_for("an event", [&] { return event_.is_set(); });
    c.arrived = event_.at();
    traded_.acquire();
    return c;
  }

  /// From an exit's cause to the order, as the client was told and as the venue got it.
  struct exit_order {
    instant caused{};
    instant handed_over{};
    instant at_venue{};
  };
  /// The position's stop is crossed by the next mark.
  exit_order cross_stop(std::size_t n) {
    prepare(n);
    const auto mark = *venue_->mark(names_[n]);
    const auto lower = price::from_raw(mark.raw() / 100 * 98);
    watch_mark_of(names_[n], lower);
    if (!venue_->set_mark(names_[n], lower, simulator::mark_pin::until_released))
      bench::give_up("setting a mark");
    auto o = finish(n);
    o.caused = mark_.at();
    return o;
  }
  /// A plan to close is given to the planner as soon as the position is seen.
  exit_order close_on_change(std::size_t n) {
    order_.clear();
    const auto seen = trade(n, side::buy);
    pipeline_.offer({pipeline_.a_plan(fmt::format("close-{}", n), names_[n], reduce_plan{})});
    auto o = finish(n);
    o.caused = seen.arrived;
    return o;
  }

 private:
  static config::settings settings() {
    auto s = bench::quiet_settings();
    s.exits.stop_bp = 100;
    s.exits.target_bp = 0;
    s.snapshot.latency = 10ms;
    return s;
  }
  bench::observers observers() {
    return {[this](const order_request&) { order_.note(steady::now()); },
            [this](const std::vector<user_event>& events) {
              for (const auto& e : events)
                if (std::holds_alternative<account_update>(e.body))
                  event_.note(e.received_at);
            },
            [this](const mark_batch& batch) { look_for_mark(batch); }};
  }
  void look_for_mark(const mark_batch& batch) {
    const std::lock_guard lock(mutex_);
    for (const auto& row : batch.rows)
      if (row.instrument == awaited_.instrument && row.mark <= awaited_.mark && !mark_.is_set())
        mark_.note(batch.received_at);
  }
  void watch_mark_of(const symbol& name, price mark) {
    const std::lock_guard lock(mutex_);
    awaited_ = {name, mark, {}};
    mark_.clear();
  }

  void prepare(std::size_t n) {
    order_.clear();
    (void)trade(n, side::buy);
    std::this_thread::sleep_for(5ms);
  }
  /// Waits for the order and for the position to be flat again.
  exit_order finish(std::size_t n) {
    exit_order o;
    wait_for("an exit order", [&] { return order_.is_set(); });
    o.handed_over = order_.at();
    wait_for("the end of a position", [&] {
      const auto seen = pipeline_.given().table->read(position_key{names_[n], position_side::both});
      return std::holds_alternative<position_flat>(seen.content);
    });
    for (const auto& e : venue_->transcript())
      if (e.method == "POST" && e.path == "/fapi/v1/order")
        o.at_venue = e.at.steady;
    return o;
  }

  /// Worth about a hundred dollars, in whole steps.
  [[nodiscard]] quantity amount_for(const symbol& name) const {
    const auto step = pipeline_.given().universe->current()->find(name)->market_lot.step;
    const auto mark = *venue_->mark(name);
    return std::max(floor_to_step(notional::whole(100) / mark, step), step);
  }

  /// Tells the venue what the person does, so that the measuring thread need not wait for it.
  void trade_when_wanted(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!wanted_.try_acquire_for(100ms))
        continue;
      const auto& [name, direction] = order_to_trade_;
      const auto done = venue_->trade(name, direction, amount_for(name));
      if (!done)
        bench::give_up(done.error().text.c_str());
      traded_.release();
    }
  }

  noted event_{};
  noted order_{};
  noted mark_{};
  std::mutex mutex_{};
  mark_row awaited_{};
  std::unique_ptr<simulator::server> venue_;
  std::vector<symbol> names_;
  bench::whole_pipeline pipeline_;
  std::binary_semaphore wanted_{0};
  std::binary_semaphore traded_{0};
  std::pair<symbol, side> order_to_trade_{};
  std::jthread trader_{[this](const std::stop_token& stop) { trade_when_wanted(stop); }};
};

/// Positions that grow and shrink but stay open.
std::string measure_changes(scene& world, int samples) {
  std::vector<double> arrival;
  std::vector<double> send;
  int by_read = 0;
  for (std::size_t n = 0; n < changing; ++n)
    (void)world.trade(n, side::buy);
  for (int n = 0; n < samples; ++n) {
    const auto turn = static_cast<std::size_t>(n);
    const bool grows = turn / changing % 2 == 0;
    const auto c = world.trade(turn % changing, grows ? side::buy : side::sell);
    send.push_back(bench::us_between(c.sent, c.visible));
    if (c.visible < c.arrived)
      ++by_read;  // A read that was under way showed it before the stream told.
    else
      arrival.push_back(bench::us_between(c.arrived, c.visible));
    // Idle between changes, as an account is.
    std::this_thread::sleep_for(milliseconds{5 + n % 10});
  }
  return fmt::format(R"("changes":{},"seen_by_read_first":{},{},{})", samples, by_read,
                     bench::text_of_us("frame_to_table", arrival),
                     bench::text_of_us("venue_to_table", send));
}

template <class Cause>
std::string measure_exits(const std::string& name, std::size_t first, int samples, Cause&& cause) {
  std::vector<double> handed;
  std::vector<double> wire;
  for (int n = 0; n < samples; ++n) {
    const auto o = cause(first + static_cast<std::size_t>(n));
    handed.push_back(bench::us_between(o.caused, o.handed_over));
    wire.push_back(bench::us_between(o.caused, o.at_venue));
  }
  return fmt::format(R"("{}":{{"exits":{},{},{}}})", name, samples,
                     bench::text_of_us("to_client", handed), bench::text_of_us("to_venue", wire));
}

}  // namespace

int main(int count, char** words) {
  const int longer = std::min(bench::times_longer(count, words), 5);
  const int exits = 50 * longer;
  std::string text;
  {
    scene world(1s);
    text = measure_changes(world, 400 * longer);
    text += "," + measure_exits("frame_to_exit_order_by_plan", changing, exits,
                                [&](std::size_t n) { return world.close_on_change(n); });
  }
  {
    scene world(200ms);  // So that the next mark need not be waited for so long.
    text += "," + measure_exits("mark_frame_to_exit_order_by_stop", 0, exits,
                                [&](std::size_t n) { return world.cross_stop(n); });
  }
  fmt::print(R"({{"bench":"change_latency","symbols":{},{}}})"
             "\n",
             symbols, text);
  return 0;
}
