// The defaults are usable, and every wrong setting is named, all at once.
#include "sluice/exchange/settings.hpp"

#include <algorithm>
#include <functional>

#include "sluice/exchange/backoff.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

TEST_CASE("the default settings are valid and lead to a paper venue") {
  CHECK(settings{}.validate().empty());
  CHECK(settings{}.rest_url.find("demo") != std::string::npos);
}

TEST_CASE("a wrong setting is reported under its own name") {
  struct row {
    const char* field;
    std::function<void(settings&)> spoil;
  };
  const row rows[] = {
      {"rest_url", [](settings& s) { s.rest_url = "http://plain"; }},
      {"stream_url", [](settings& s) { s.stream_url = "https://not-a-stream"; }},
      {"recv_window_orders", [](settings& s) { s.recv_window_orders = milliseconds(5'001); }},
      {"recv_window_reads", [](settings& s) { s.recv_window_reads = milliseconds(0); }},
      {"connect_timeout", [](settings& s) { s.connect_timeout = milliseconds(0); }},
      {"connections_max", [](settings& s) { s.connections_max = 0; }},
      {"requests_waiting_max", [](settings& s) { s.requests_waiting_max = 0; }},
      {"idle_connection_max", [](settings& s) { s.idle_connection_max = milliseconds(0); }},
      {"clock_resync_every", [](settings& s) { s.clock_resync_every = milliseconds(1); }},
      {"listen_key_keep_alive",
       [](settings& s) { s.listen_key_keep_alive = std::chrono::minutes(60); }},
      {"reconnect_min", [](settings& s) { s.reconnect_min = milliseconds(0); }},
      {"reconnect_max", [](settings& s) { s.reconnect_max = milliseconds(1); }},
      {"stream_idle_timeout", [](settings& s) { s.stream_idle_timeout = milliseconds(1); }},
      {"mark_silence_max", [](settings& s) { s.mark_silence_max = milliseconds(1); }},
      {"stream_age_max", [](settings& s) { s.stream_age_max = std::chrono::hours(24); }},
      {"stream_overlap", [](settings& s) { s.stream_overlap = milliseconds(1); }},
      {"weight_limit_1m", [](settings& s) { s.weight_limit_1m = 0; }},
      {"shares.routine_pct_max", [](settings& s) { s.shares.routine_pct_max = 0; }},
      {"shares.exit_pct_max", [](settings& s) { s.shares.exit_pct_max = 81; }},
      {"shares", [](settings& s) { s.shares.verification_pct_max = 49; }},
      {"shares.entry_pct_max", [](settings& s) { s.shares.entry_pct_max = 56; }},
  };
  for (const auto& r : rows) {
    INFO(r.field);
    settings s;
    r.spoil(s);
    const auto faults = s.validate();
    REQUIRE(faults.size() == 1);
    CHECK(faults.front().field == r.field);
    CHECK_FALSE(faults.front().text.empty());
  }
}

TEST_CASE("all wrong settings are reported at once") {
  settings s;
  s.connections_max = 0;
  s.rest_url.clear();
  CHECK(s.validate().size() == 2);
}

TEST_CASE("waits double up to their limit, lie between half and all of a step, and start again") {
  backoff waits(milliseconds(100), milliseconds(350));
  CHECK(waits.next(0) == milliseconds(50));
  CHECK(waits.next(1'023) == milliseconds(200));
  CHECK(waits.next(1'023) == milliseconds(350));
  CHECK(waits.next(0) == milliseconds(175));
  waits.reset();
  CHECK(waits.next(1'023) == milliseconds(100));
}
