// The stage of mark prices: onto the board, then to the exit engine.
#include "sluice/actors/streams.hpp"

#include <unordered_map>

#include "sluice/truth/mark_order.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

/// Age of a mark from which on one that a read of positions brings is taken.
constexpr milliseconds silent_after{2'000};

class market_stream : public stage<market_stream_actor> {
 public:
  using stage::stage;

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          open();
        },
        [this](mark_batch& batch) { take(batch); },
    };
  }

 private:
  void open() {
    metrics().set(status::metric::stream_up, {"market"}, 0);
    given_.exchange->open_mark_stream([self = market_stream_actor{this}](mark_batch batch) {
      caf::anon_send(self, std::move(batch));
    });
  }

  /// An overlap of connections may bring an older mark than the one that is there. What a read of
  /// positions says may come from a copy that lags: it counts only where the stream is silent.
  [[nodiscard]] bool is_news(const mark_row& row, bool of_stream) {
    // A stop that a read's mark has moved is not crossed by one from before it.
    const auto of_read = read_at_.find(row.instrument);
    if (of_read != read_at_.end() && row.as_of < of_read->second)
      return false;
    if (of_stream && row.event_time.ms > 0)
      return order_.is_next(row.instrument, row.event_time);
    const auto last = given_.marks->read(row.instrument);
    if (!last || of_stream)
      return !last || row.as_of >= last->as_of;
    return row.as_of > last->as_of && between(last->as_of, now()) > silent_after;
  }

  /// Before the first marks that come in time no entry could be judged and no stop watched.
  void take(mark_batch& batch) {
    std::erase_if(batch.rows, [&](const mark_row& r) { return !is_news(r, batch.of_stream); });
    if (!batch.of_stream)
      for (const auto& row : batch.rows)
        read_at_.insert_or_assign(row.instrument, row.as_of);
    for (const auto& row : batch.rows)
      given_.marks->set(row.instrument, row.mark, row.as_of);
    if (batch.of_stream)
      show(batch.up, batch.reason);
    if (batch.rows.empty())
      return;
    if (batch.of_stream)
      metrics().add(status::metric::stream_events, {"marks"});
    send(peers_->exit_engine, marks_moved{std::make_shared<const mark_batch>(std::move(batch))});
  }

  void show(bool up, const std::string& reason) {
    if (vitals().mark_stream_up.exchange(up) != up) {
      metrics().set(status::metric::stream_up, {"market"}, up ? 1 : 0);
      if (up)
        log().info("market_stream", "stream_opened");
      else
        log().limited("closed", status::log_level::warn, "market_stream", "stream_closed",
                      {{"why", reason}});
    }
  }

  mark_order order_{};
  std::unordered_map<symbol, instant> read_at_{};  ///< Of the last mark taken from a read.
};

}  // namespace

market_stream_actor spawn_market_stream(caf::actor_system& system, services given) {
  return system.spawn<market_stream>(std::move(given));
}

}  // namespace sluice::actors
