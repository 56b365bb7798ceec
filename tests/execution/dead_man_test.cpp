// Signs of life: for whom, how often, and what becomes of a countdown that is not renewed.
#include <chrono>

#include "sluice/execution/dead_man.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const symbol btc("BTCUSDT");
const symbol eth("ETHUSDT");

struct world {
  explicit world(std::int64_t places = 1) : switch_(settings(places)) {}
  static dead_man_settings settings(std::int64_t places) {
    dead_man_settings s;
    s.enabled = true;
    s.after = 10s;
    s.refresh = 3s;
    s.symbols_max = places;
    return s;
  }
  void open(const std::string& id, const symbol& on) {
    switch_.order_opened(client_order_id(id), on, now);
  }
  void end(const std::string& id) { switch_.order_ended(client_order_id(id)); }
  std::vector<set_countdown> pass(milliseconds span,
                                  dead_man_health health = dead_man_health::healthy) {
    now += span;
    return switch_.on_tick(now, health);
  }
  void done(const set_countdown& c) {
    switch_.on_answer(c, countdown_armed{c.instrument, c.after});
  }
  using calls = std::vector<set_countdown>;

  instant now{100s};
  dead_man switch_;
};

}  // namespace

TEST_CASE("a symbol is armed once its order has been open for a moment, and then renewed") {
  world w;
  w.open("a", btc);
  CHECK(w.pass(400ms).empty());
  CHECK(w.pass(100ms) == world::calls{{btc, 10s}});
  w.done({btc, 10s});
  CHECK(w.switch_.armed() == std::vector{btc});
  CHECK(w.pass(2'900ms).empty());
  CHECK(w.pass(100ms) == world::calls{{btc, 10s}});
  w.done({btc, 10s});
  w.end("a");
  CHECK(w.pass(2'900ms).empty());
  CHECK(w.pass(100ms) == world::calls{{btc, 0ms}});
  w.done({btc, 0ms});
  CHECK(w.switch_.armed().empty());
  CHECK(w.pass(60s).empty());
}

TEST_CASE("an order that ends at once is never told of") {
  world w;
  w.open("a", btc);
  w.end("a");
  CHECK(w.pass(5s).empty());
}

TEST_CASE("there are only so many places, and one that is left goes to the next") {
  world w;
  w.open("a", btc);
  w.open("b", eth);
  CHECK(w.pass(500ms) == world::calls{{btc, 10s}});
  CHECK(w.switch_.left_out() == 1);
  w.done({btc, 10s});
  w.end("a");
  CHECK(w.pass(3s) == world::calls{{btc, 0ms}});
  w.done({btc, 0ms});
  CHECK(w.pass(2'900ms).empty());
  CHECK(w.pass(100ms) == world::calls{{eth, 10s}});
  CHECK(w.switch_.left_out() == 0);
}

TEST_CASE("who is not healthy gives no sign, and the countdown runs out") {
  world w;
  w.open("a", btc);
  w.done(w.pass(500ms).front());
  for (int i = 0; i < 12; ++i)
    CHECK(w.pass(1s, dead_man_health::unhealthy).empty());
  CHECK(w.switch_.armed().empty());
  CHECK(w.switch_.lapsed() == 1);
  CHECK(w.pass(1s) == world::calls{{btc, 10s}});
}

TEST_CASE("what is armed stays so for an order that has just been opened") {
  world w;
  w.open("a", btc);
  w.done(w.pass(500ms).front());
  w.end("a");
  w.open("b", btc);
  CHECK(w.pass(100ms, dead_man_health::ending).empty());
  w.end("b");
  CHECK(w.pass(100ms, dead_man_health::ending) == world::calls{{btc, 0ms}});
}

TEST_CASE("what is not needed any more is disarmed by one who is not healthy too") {
  world w;
  w.open("a", btc);
  w.done(w.pass(500ms).front());
  w.end("a");
  CHECK(w.pass(2'900ms, dead_man_health::unhealthy).empty());
  CHECK(w.pass(100ms, dead_man_health::unhealthy) == world::calls{{btc, 0ms}});
  w.done({btc, 0ms});
  CHECK(w.switch_.armed().empty());
  w.open("b", btc);
  CHECK(w.pass(60s, dead_man_health::unhealthy).empty());
}

TEST_CASE("at an end what is not needed is disarmed at once, and again when that was lost") {
  world w(2);
  w.open("a", btc);
  w.open("b", eth);
  for (const auto& call : w.pass(500ms))
    w.done(call);
  w.end("a");
  CHECK(w.pass(100ms, dead_man_health::ending) == world::calls{{btc, 0ms}});
  CHECK(w.pass(100ms, dead_man_health::ending).empty());
  w.switch_.on_answer({btc, 0ms}, order_uncertain{"reset"});
  CHECK(w.pass(100ms, dead_man_health::ending).empty());
  w.end("b");
  CHECK(w.pass(100ms, dead_man_health::ending) == world::calls{{eth, 0ms}});
  w.done({eth, 0ms});
  CHECK(w.pass(2'800ms, dead_man_health::ending) == world::calls{{btc, 0ms}});
  w.done({btc, 0ms});
  CHECK(w.switch_.armed().empty());
}

TEST_CASE("a call without a certain answer counts as armed, a refused one as it was") {
  world w;
  w.open("a", btc);
  const auto first = w.pass(500ms).front();
  CHECK(w.pass(3s).empty());  // One call at a time.
  w.switch_.on_answer(first, order_uncertain{"reset"});
  CHECK(w.switch_.armed() == std::vector{btc});
  const auto second = w.pass(1ms).front();
  w.switch_.on_answer(second, order_refused{});
  CHECK(w.switch_.armed() == std::vector{btc});
  w.end("a");
  const auto off = w.pass(3s).front();
  CHECK(off.after == 0ms);
  w.switch_.on_answer(off, order_uncertain{"reset"});
  CHECK(w.pass(3s) == world::calls{{btc, 0ms}});
}

TEST_CASE("no sequence of orders costs more weight than the settings say") {
  world w(3);
  std::size_t calls = 0;
  for (int second = 0; second < 600; ++second) {
    for (int n = 0; n < 8; ++n) {
      const symbol on("S" + std::to_string((second + n * 7) % 20));
      if ((second + n) % 3 == 0)
        w.end(on.str());
      else
        w.open(on.str(), on);
    }
    for (int half = 0; half < 2; ++half)
      for (const auto& c : w.pass(500ms)) {
        ++calls;
        w.done(c);
      }
  }
  CHECK(calls > 100);
  CHECK(static_cast<std::int64_t>(calls) * 10 <= 10 * dead_man_weight_1m(world::settings(3)));
}
