// Frames of marks into batches. A wrong stream is acknowledged and silent, so fresh marks alone
// count.
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
          "no mark price of the last " + format_duration(chosen.mark_silence_max) +
              ": the stream lags, or is silent as one of a wrong name or route is"};
}

}  // namespace

mark_stream::mark_stream(io_loop& loop, tls_context& tls, session& venue, const settings& chosen,
                         sink_fn sink)
    : venue_(venue),
      age_max_(chosen.mark_silence_max),
      sink_(std::move(sink)),
      keeper_(loop, tls, venue, chosen, kind_of(chosen), hooks()) {}

stream_hooks mark_stream::hooks() {
  stream_hooks made;
  made.find = [](const std::function<void(stream_target)>& found) {
    found({joined_secret({mark_path}), {}, {}});
  };
  made.up = [] {};
  made.prove = [this](const std::vector<std::string>& frames) {
    return std::any_of(frames.begin(), frames.end(), [this](const std::string& text) {
      const auto now = venue_.now();
      const auto rows = read(text, now);
      return rows && serves(*rows, now);
    });
  };
  made.frames = [this](const std::vector<std::string>& frames) { return take(frames); };
  made.down = [this](const std::string& reason, bool tell) {
    if (tell)
      sink_({venue_.now(), false, true, reason, {}});
  };
  return made;
}

result<std::vector<mark_row>> mark_stream::read(std::string_view text, instant received) const {
  auto rows = parse_mark_frame(text);
  if (rows)
    for (auto& row : *rows)
      row.as_of = venue_.made_at(row.event_time, received);
  return rows;
}

/// A stream whose marks come too late serves nobody, and is lost as a silent one is.
bool mark_stream::serves(const std::vector<mark_row>& rows, instant received) const {
  return std::ranges::any_of(
      rows, [&](const mark_row& row) { return between(row.as_of, received) <= age_max_; });
}

/// Late marks are handed on too: a stop that was crossed a while ago is still a stop that was
/// crossed.
frames_taken mark_stream::take(const std::vector<std::string>& frames) {
  mark_batch batch;
  batch.received_at = venue_.now();
  std::string broken;
  for (const auto& text : frames) {
    auto rows = read(text, batch.received_at);
    if (!rows) {
      broken = "unreadable mark prices: " + rows.error().text;
      break;
    }
    std::move(rows->begin(), rows->end(), std::back_inserter(batch.rows));
  }
  const bool served = serves(batch.rows, batch.received_at);
  if (served)
    keeper_.serve();
  batch.up = keeper_.up();
  if (!batch.rows.empty())
    sink_(std::move(batch));
  return {served, std::move(broken)};
}

void mark_stream::close() {
  if (keeper_.closed())
    return;
  keeper_.close();
  sink_({venue_.now(), false, true, "the client was closed", {}});
}

}  // namespace sluice::exchange
