// Metrics: values, limits, and the text Prometheus reads.
#include "sluice/status/metrics.hpp"

#include <atomic>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using namespace sluice::status;

TEST_CASE("a counter without labels is there with 0 from the start") {
  metrics m;
  CHECK_THAT(m.exposition(), ContainsSubstring("# HELP sluice_fills_total Fills of our orders, "
                                               "each counted once.\n"
                                               "# TYPE sluice_fills_total counter\n"
                                               "sluice_fills_total 0\n"));
}

TEST_CASE("series are told apart by their labels and written in order") {
  metrics m;
  m.add(metric::verdicts, {"exit", "deny", "no_position"});
  m.add(metric::verdicts, {"entry", "allow", ""}, 2);
  m.add(metric::verdicts, {"exit", "deny", "no_position"});
  CHECK_THAT(m.exposition(),
             ContainsSubstring(
                 "sluice_verdicts_total{lane=\"entry\",kind=\"allow\",reason=\"\"} 2\n"
                 "sluice_verdicts_total{lane=\"exit\",kind=\"deny\",reason=\"no_position\"} 2\n"));
  CHECK(m.value(metric::verdicts, {"exit", "deny", "no_position"}) == 2);
  CHECK(m.value(metric::verdicts, {"exit", "allow", ""}) == 0);
}

TEST_CASE("a histogram counts each value in every bucket that holds it") {
  metrics m;
  m.observe(metric::read_latency, {"account"}, 0.3);
  m.observe(metric::read_latency, {"account"}, 0.30001);
  m.observe(metric::read_latency, {"account"}, 99);
  const auto text = m.exposition();
  const std::string bucket{"sluice_read_latency_seconds_bucket{scope=\"account\",le=\""};
  CHECK_THAT(text, ContainsSubstring(bucket + "0.2\"} 0\n" + bucket + "0.3\"} 1\n" + bucket +
                                     "0.5\"} 2\n"));
  CHECK_THAT(text, ContainsSubstring(bucket + "30\"} 2\n" + bucket + "+Inf\"} 3\n"));
  CHECK_THAT(text, ContainsSubstring("sluice_read_latency_seconds_count{scope=\"account\"} 3\n"));
  CHECK_THAT(text, ContainsSubstring("sluice_read_latency_seconds_sum{scope=\"account\"} 99.6"));
}

TEST_CASE("a label's value cannot break out of its quotes") {
  metrics m;
  m.add(metric::stream_events, {"a\"} 1\nforged 2\\"});
  CHECK_THAT(m.exposition(),
             ContainsSubstring("sluice_stream_events_total{type=\"a\\\"} 1\\nforged 2\\\\\"} 1\n"));
  CHECK(m.exposition().find("\nforged") == std::string::npos);
}

TEST_CASE("the number of series of a metric is bounded and the excess counted") {
  metrics m;
  for (std::size_t i = 0; i < metrics::series_max + 3; ++i)
    m.add(metric::stream_events, {std::to_string(i)});
  CHECK(m.value(metric::series_dropped) == 3);
  CHECK(m.value(metric::stream_events, {"511"}) == 1);
  CHECK(m.value(metric::stream_events, {"512"}) == 0);
}

TEST_CASE("gauges are set, cleared, and written whole") {
  metrics m;
  m.set(metric::start_time, 1795398660.25);
  m.set(metric::truth_symbols, {"open"}, 7);
  CHECK_THAT(m.exposition(), ContainsSubstring("sluice_start_time_seconds 1795398660.25\n"));
  m.clear(metric::truth_symbols);
  CHECK(m.exposition().find("sluice_truth_symbols") == std::string::npos);
}

TEST_CASE("every line of the exposition is a comment or a sample of a metric declared before it") {
  metrics m;
  m.observe(metric::verdict_latency, {"exit"}, 0.001);
  m.set(metric::build_info, {"0.1.0", "abc"}, 1);
  const auto text = m.exposition();
  REQUIRE(text.ends_with("\n"));
  std::istringstream lines{text};
  std::string declared;
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    if (line.starts_with("# TYPE "))
      declared = line.substr(7, line.find(' ', 7) - 7);
    else if (!line.starts_with("# HELP "))
      CHECK((line.starts_with(declared) && line.find(' ') != std::string::npos));
  }
}

TEST_CASE("metrics may be updated and read from many threads") {
  metrics m;
  std::vector<std::thread> threads;
  std::atomic<std::size_t> read{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2'000; ++i) {
        m.add(metric::reads, {"symbol", std::to_string((i + t) % 8)});
        m.observe(metric::verdict_latency, {"exit"}, 0.001);
        if (i % 100 == 0)
          read += m.exposition().size();
      }
    });
  for (auto& t : threads)
    t.join();
  CHECK(read > 0);
  double total = 0;
  for (int i = 0; i < 8; ++i)
    total += m.value(metric::reads, {"symbol", std::to_string(i)});
  CHECK(total == 8'000);
  CHECK(m.value(metric::verdict_latency, {"exit"}) == 8'000);
}
