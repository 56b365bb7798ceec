// The stage of mark prices: onto the board, then to the exit engine.
#include "sluice/actors/streams.hpp"

#include "stage.hpp"

namespace sluice::actors {
namespace {

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

  /// The stream counts as up from its first marks on: before them no entry could be judged and no
  /// stop watched.
  void take(mark_batch& batch) {
    const bool up = batch.up && (vitals().mark_stream_up || !batch.rows.empty());
    for (const auto& row : batch.rows)
      given_.marks->set(row.instrument, row.mark, batch.received_at);
    if (vitals().mark_stream_up.exchange(up) != up) {
      metrics().set(status::metric::stream_up, {"market"}, up ? 1 : 0);
      if (up)
        log().info("market_stream", "stream_opened");
      else
        log().limited("closed", status::log_level::warn, "market_stream", "stream_closed",
                      {{"why", batch.reason}});
    }
    if (batch.rows.empty())
      return;
    metrics().add(status::metric::stream_events, {"marks"});
    send(peers_->exit_engine, marks_moved{std::make_shared<const mark_batch>(std::move(batch))});
  }
};

}  // namespace

market_stream_actor spawn_market_stream(caf::actor_system& system, services given) {
  return system.spawn<market_stream>(std::move(given));
}

}  // namespace sluice::actors
