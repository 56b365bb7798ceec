// How many records a second become durable in batches; measured on request only: [measure].
#include <chrono>
#include <functional>
#include <iostream>

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

/// The records of one plan's life: accepted, judged, intended, two changes, a fill.
void put_plan(store& s, std::int64_t n) {
  auto p = an_open_plan("plan-" + std::to_string(stable_hash(std::to_string(n))));
  const auto order = "o-" + std::to_string(n);
  put(s, plan_accepted{p});
  put(s, a_permission(p));
  put(s, an_intent(order, p.id.str()));
  put(s, a_change(order, p.id.str(), order_state::acknowledged));
  put(s, a_change(order, p.id.str(), order_state::filled));
  put(s, a_fill("BTCUSDT", n + 1, side::buy, "0.01"));
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST_CASE("ten thousand records a second become durable in batches", "[.][measure]") {
  const directory d;
  auto s = opened(d.journal());
  constexpr int batches = 200, plans_in_batch = 100, records = batches * plans_in_batch * 6;
  const auto spent = seconds_of([&] {
    for (int b = 0; b < batches; ++b) {
      for (int i = 0; i < plans_in_batch; ++i)
        put_plan(*s, b * plans_in_batch + i);
      REQUIRE(s->commit().has_value());
    }
  });
  s.reset();
  const auto bytes = std::filesystem::file_size(d.journal());
  std::cout << "records/s " << records / spent << ", bytes a plan "
            << bytes / (batches * plans_in_batch) << "\n";
  for (const auto check : {integrity::quick, integrity::full}) {
    const auto start = seconds_of([&] { REQUIRE(opened(d.journal(), check)->recover()); });
    std::cout << (check == integrity::quick ? "quick" : "full") << " start of " << records
              << " records " << start << " s\n";
  }
  CHECK(records / spent >= 10'000);
}

}  // namespace
}  // namespace sluice::journal
