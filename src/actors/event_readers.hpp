// Readers of the journal's records: what each missed, and what happens from now on, each record
// once.
#pragma once

#include <cstdint>
#include <list>
#include <memory>

#include "sluice/domain/record.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/status/http_server.hpp"

namespace sluice::actors {

/// Past records sent to one reader at most; what lies before them is told as a gap.
inline constexpr std::int64_t past_events_max = 1'000;

class event_readers {
 public:
  /// Answers GET /api/v1/events. With Last-Event-ID a reader gets what came after that record, with
  /// ?last=n the newest n, else only what comes. An event "gap" {"from","to"} stands for records it
  /// will not get: more than past_events_max, archived ones, or all when its id is of another
  /// journal. Whatever cannot be read as a number is refused with 400.
  void open(const status::request& asked, const status::responder& reply, journal::reader& reader);
  /// Sends it to whoever has not had it; drops readers that are gone or fell behind.
  void tell(const record& r);
  void clear() { readers_.clear(); }

 private:
  struct one {
    std::shared_ptr<status::event_channel> channel{};
    std::int64_t has{0};  ///< The newest record that was sent as past.
  };
  std::list<one> readers_{};
};

}  // namespace sluice::actors
