// Frames of marks into batches. A wrong stream is acknowledged and silent, so frames alone count.
#include "mark_stream.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sluice/exchange/frames.hpp"

namespace sluice::exchange {
namespace {

constexpr std::string_view mark_path = "/market/stream?streams=!markPrice@arr@1s";

stream_kind kind_of(const settings& chosen) {
  return {"mark_stream", proof_of_service::frame, chosen.mark_silence_max,
          "no mark price for " + format_duration(chosen.mark_silence_max) +
              ": the stream is open and silent, as one of a wrong name or route is"};
}

}  // namespace

mark_stream::mark_stream(io_loop& loop, tls_context& tls, session& venue, const settings& chosen,
                         sink_fn sink)
    : venue_(venue),
      sink_(std::move(sink)),
      keeper_(loop, tls, venue, chosen, kind_of(chosen), hooks()) {}

stream_hooks mark_stream::hooks() {
  stream_hooks made;
  made.find = [](const std::function<void(stream_target)>& found) {
    found({joined_secret({mark_path}), {}, {}});
  };
  made.up = [] {};
  made.prove = [](const std::vector<std::string>& frames) {
    return std::any_of(frames.begin(), frames.end(), [](const std::string& text) {
      const auto rows = parse_mark_frame(text);
      return rows && !rows->empty();
    });
  };
  made.frames = [this](const std::vector<std::string>& frames) { return take(frames); };
  made.down = [this](const std::string& reason, bool tell) {
    if (tell)
      sink_({venue_.now(), false, reason, {}});
  };
  return made;
}

frames_taken mark_stream::take(const std::vector<std::string>& frames) {
  mark_batch batch;
  batch.received_at = venue_.now();
  std::string broken;
  for (const auto& text : frames) {
    auto rows = parse_mark_frame(text);
    if (!rows) {
      broken = "unreadable mark prices: " + rows.error().text;
      break;
    }
    std::move(rows->begin(), rows->end(), std::back_inserter(batch.rows));
  }
  const bool served = !batch.rows.empty();
  if (served) {
    keeper_.serve();
    sink_(std::move(batch));
  }
  return {served, std::move(broken)};
}

void mark_stream::close() {
  if (keeper_.closed())
    return;
  keeper_.close();
  sink_({venue_.now(), false, "the client was closed", {}});
}

}  // namespace sluice::exchange
