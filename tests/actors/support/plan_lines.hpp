// Lines of plans as the file's reader sends them, to a pipeline in which every plan waits.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "sluice/domain/time.hpp"
#include "support/pipeline_fixture.hpp"

namespace sluice::testing {

/// Symbols, streams and marks are there; what is held is not known: every plan waits for a read.
inline void make_waiting(pipeline_run& run) {
  run.give_universe();
  run.tell(stream_opened{});
  run.give_marks({{"BTCUSDT", "50000"}, {"ETHUSDT", "2000"}, {"XRPUSDT", "0.5"}});
}

inline void answer_reads(pipeline_run& run) {
  for (int i = 0; i < 20; ++i) {
    for (const char* scope : {"", "BTCUSDT", "ETHUSDT", "XRPUSDT"})
      while (run.answer_read(symbol(scope), {})) {
      }
    run.pass(milliseconds{50});
  }
}

/// Sends a line as the file's reader does; the ticket is alive while the line is held.
inline std::weak_ptr<const void> send_line(pipeline_run& run, std::string text,
                                           std::uint64_t number) {
  auto ticket = std::make_shared<const int>(0);
  const std::weak_ptr<const void> watched = ticket;
  caf::anon_send(run.all->intake,
                 actors::plan_line_read{std::move(text), number, {}, std::move(ticket)});
  run.settle();
  return watched;
}

inline std::string exit_line(const std::string& id, const std::string& on,
                             const std::string& source = "file") {
  return R"({"plan_id":")" + id + R"(","source":")" + source + R"(","symbol":")" + on +
         R"(","kind":"reduce","target":"0","ttl":"30s"})";
}
inline std::string entry_line(const std::string& id, const std::string& on) {
  return R"({"plan_id":")" + id + R"(","source":"file","symbol":")" + on +
         R"(","kind":"open","side":"buy","quantity":"1"})";
}

inline std::string made_at(std::string line, wall_time at) {
  line.pop_back();
  return line + R"(,"created_at":")" + format_rfc3339(at) + "\"}";
}

}  // namespace sluice::testing
