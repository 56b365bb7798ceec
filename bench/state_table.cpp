// Which way of sharing the state table suits one writer and many readers: our seqlock slots beside
// sharded locks, immutable snapshots and an owner that answers messages, all in the same run.
#include <fmt/format.h>

#include <array>
#include <thread>

#include "histogram.hpp"
#include "options.hpp"
#include "sluice/actors/scheduler.hpp"
#include "state_table_owner.hpp"
#include "state_table_rivals.hpp"

using namespace sluice;
using namespace sluice::bench;
using namespace std::chrono_literals;

namespace {

constexpr int updates_per_second = 5'000;
constexpr std::uint64_t updates_per_proof = 50;

enum class reading { none, one_row, two_rows, scan };

std::string text_of(histogram& h, std::chrono::nanoseconds time) {
  return fmt::format(R"({{"p50_ns":{},"p99_ns":{},"p999_ns":{},"per_s":{:.0f}}})", h.quantile(0.5),
                     h.quantile(0.99), h.quantile(0.999),
                     static_cast<double>(h.count()) / std::chrono::duration<double>(time).count());
}

/// An open position whose amount repeats its version, so that a torn copy shows.
slot_state state_of(std::uint64_t version) {
  slot_state s;
  const auto raw = static_cast<std::int64_t>(version);
  s.content = position_open{quantity::from_raw(raw), price::from_raw(raw)};
  s.as_of = clock_type::now();
  s.changed_at = venue_time{raw};
  s.version = version;
  return s;
}

/// Writes rows at its pace until the time is over; `put` and `prove` are timed together as writes.
template <class Put, class Prove>
histogram write_for(milliseconds time, std::size_t symbols, Put&& put, Prove&& prove) {
  histogram taken;
  std::minstd_rand random{3};
  std::uniform_int_distribution<std::size_t> any(0, symbols - 1);
  const auto until = clock_type::now() + time;
  auto next = clock_type::now();
  for (std::uint64_t n = 1; clock_type::now() < until; ++n) {
    const auto state = state_of(n);
    const auto at = any(random);
    const auto begun = clock_type::now();
    if (n % updates_per_proof == 0)
      prove(begun);
    else
      put(at, state);
    taken.add(clock_type::now() - begun);
    next += std::chrono::nanoseconds{1s} / updates_per_second;
    std::this_thread::sleep_until(next);
  }
  return taken;
}

struct outcome {
  histogram writes{};
  histogram reads{};
  std::uint64_t torn{0};
};

template <class Table>
void read_rows(const std::stop_token& stop, const Table& table, std::size_t symbols, outcome& o) {
  std::minstd_rand random{5};
  std::uniform_int_distribution<std::size_t> any(0, symbols - 1);
  while (!stop.stop_requested()) {
    const auto at = any(random);
    const auto begun = clock_type::now();
    const auto seen = table.read(at);
    o.reads.add(clock_type::now() - begun);
    o.torn += is_whole(seen) ? 0 : 1;
  }
}

template <class Table>
void read_all(const std::stop_token& stop, const Table& table, outcome& o) {
  while (!stop.stop_requested()) {
    const auto begun = clock_type::now();
    table.scan([&](const truth_view& seen) { o.torn += is_whole(seen) ? 0 : 1; });
    o.reads.add(clock_type::now() - begun);
  }
}

template <class Table>
outcome measure(std::size_t symbols, reading how, milliseconds time) {
  Table table(symbols);
  for (std::size_t i = 0; i < symbols; ++i)
    table.write(i, state_of(1));
  outcome first;
  outcome second;
  std::vector<std::jthread> readers;
  const auto add = [&](outcome& o) {
    readers.emplace_back([&](const std::stop_token& stop) {
      if (how == reading::scan)
        read_all(stop, table, o);
      else
        read_rows(stop, table, symbols, o);
    });
  };
  if (how != reading::none)
    add(first);
  if (how == reading::two_rows)
    add(second);
  first.writes = write_for(
      time, symbols, [&](std::size_t at, const slot_state& s) { table.write(at, s); },
      [&](instant sent) { table.prove(sent); });
  readers.clear();
  first.reads.add(second.reads);
  first.torn += second.torn;
  return first;
}

/// How often a reader saw half of a write, when one row is written and read without pause: at the
/// usual pace the two would hardly ever meet.
template <class Table>
std::uint64_t torn_when_hammered(milliseconds time) {
  Table table(1);
  table.write(0, state_of(1));
  const std::jthread writer([&](const std::stop_token& stop) {
    for (std::uint64_t n = 1; !stop.stop_requested(); ++n)
      table.write(0, state_of(n));
  });
  std::uint64_t torn = 0;
  const auto until = clock_type::now() + time;
  while (clock_type::now() < until)
    torn += is_whole(table.read(0)) ? 0 : 1;
  return torn;
}

/// Writes of the owner count until they can be asked for; what the sender pays comes beside them.
struct owner_outcome {
  outcome common{};
  histogram sends{};
};

owner_outcome measure_owner(std::size_t symbols, reading how, milliseconds time) {
  const auto numbers = std::make_shared<owner_numbers>();
  const auto taken = std::make_shared<histogram>();
  const auto taken_too = std::make_shared<histogram>();
  owner_outcome o;
  {
    caf::actor_system_config config;
    actors::configure_scheduler(config);
    caf::actor_system system(config);
    const auto rows = system.spawn<owner>(symbols, numbers);
    for (std::size_t i = 0; i < symbols; ++i)
      caf::anon_send(rows, put_row{i, state_of(1), {}});
    if (how == reading::one_row || how == reading::two_rows)
      system.spawn<asker<ask_row, truth_view>>(rows, symbols, numbers, taken);
    if (how == reading::two_rows)
      system.spawn<asker<ask_row, truth_view>>(rows, symbols, numbers, taken_too);
    if (how == reading::scan)
      system.spawn<asker<ask_all, all_rows>>(rows, symbols, numbers, taken);
    o.sends = write_for(
        time, symbols,
        [&](std::size_t at, const slot_state& s) {
          caf::anon_send(rows, put_row{at, s, clock_type::now()});
        },
        [&](instant sent) { caf::anon_send(rows, put_proof{sent}); });
    numbers->over = true;
    caf::anon_send_exit(rows, caf::exit_reason::user_shutdown);
  }
  o.common.writes = numbers->visible;
  o.common.reads = *taken;
  o.common.reads.add(*taken_too);
  o.common.torn = numbers->torn;
  return o;
}

struct report {
  std::uint64_t torn{0};
  std::string text{};
};

constexpr std::array hows{
    std::pair{reading::none, "nobody_reads"}, std::pair{reading::one_row, "one_reads_rows"},
    std::pair{reading::two_rows, "two_read_rows"}, std::pair{reading::scan, "one_reads_all"}};

std::string text_of(reading how, outcome& o, milliseconds time) {
  const auto writes = R"("write":)" + text_of(o.writes, time);
  return how == reading::none ? writes : writes + R"(,"read":)" + text_of(o.reads, time);
}

void add(report& r, const char* name, std::uint64_t torn, const std::string& text) {
  r.torn += torn;
  r.text += fmt::format(R"(,"{}":{{{}}})", name, text);
}

void say(const char* mechanism, std::size_t symbols, const report& r) {
  fmt::print(R"({{"bench":"state_table","mechanism":"{}","symbols":{},"torn":{}{}}})"
             "\n",
             mechanism, symbols, r.torn, r.text);
}

template <class Table>
std::uint64_t report_on(std::size_t symbols, milliseconds time) {
  report r{torn_when_hammered<Table>(time), {}};
  for (const auto& [how, name] : hows) {
    auto o = measure<Table>(symbols, how, time);
    add(r, name, o.torn, text_of(how, o, time));
  }
  say(Table::name, symbols, r);
  return r.torn;
}

std::uint64_t report_on_owner(std::size_t symbols, milliseconds time) {
  report r;
  for (const auto& [how, name] : hows) {
    auto o = measure_owner(symbols, how, time);
    add(r, name, o.common.torn,
        text_of(how, o.common, time) + R"(,"write_sent":)" + text_of(o.sends, time));
  }
  say("owner_messages", symbols, r);
  return r.torn;
}

/// What taking the time twice costs by itself: every figure has it in it.
void say_floor() {
  histogram taken;
  for (int n = 0; n < 1'000'000; ++n) {
    const auto begun = clock_type::now();
    taken.add(clock_type::now() - begun);
  }
  fmt::print(R"({{"bench":"state_table","mechanism":"clock_alone","p50_ns":{},"p99_ns":{}}})"
             "\n",
             taken.quantile(0.5), taken.quantile(0.99));
}

}  // namespace

/// Fails when any reader saw half of one write and half of another.
int main(int count, char** words) {
  const auto time = 400ms * times_longer(count, words);
  std::uint64_t torn = 0;
  say_floor();
  for (const std::size_t symbols : {566U, 10'000U}) {
    torn += report_on<seqlock_slots>(symbols, time);
    torn += report_on<sharded_locks>(symbols, time);
    torn += report_on<whole_snapshots>(symbols, time);
    torn += report_on<chunked_snapshots>(symbols, time);
    torn += report_on_owner(symbols, time);
  }
  return torn == 0 ? 0 : 1;
}
