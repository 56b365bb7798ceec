// Who listens to what: stream connections, their routes and subscriptions, and what goes to them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marks.hpp"
#include "sluice/simulator/faults.hpp"
#include "sluice/simulator/venue.hpp"

namespace sluice::simulator {

/// Which half of the venue a connection was opened on; it hears nothing of the others.
enum class stream_route : std::uint8_t { market, public_, private_ };

class stream_hub {
 public:
  stream_hub(const settings& s, const listing& l);

  [[nodiscard]] std::optional<stream_id> open(std::string_view target);
  void close(stream_id id) { connections_.erase(id); }
  [[nodiscard]] stream_answer message(stream_id id, std::string_view text, instant now);
  [[nodiscard]] std::size_t size() const { return connections_.size(); }

  /// To every private connection that follows the key and lets the type through.
  void publish_user(const std::string& listen_key, std::string_view type, std::string text);
  /// Marks after a tick, to those who follow them.
  void publish_marks(const mark_board& marks, std::int64_t event_ms);

  void add(const stream_fault& f);
  void clear_faults();
  [[nodiscard]] std::vector<stream_delivery> take() { return std::exchange(outbox_, {}); }

 private:
  struct connection {
    stream_route route{stream_route::public_};
    bool combined{false};
    std::vector<std::string> names{};
    std::vector<std::string> events{};  ///< Types let through; empty means all.
    instant second_began{};
    std::int64_t messages{0};
  };
  struct trouble {
    bool mute{false};
    std::int64_t drop{0};
    std::int64_t duplicate{0};
  };
  using shared_text = std::shared_ptr<const std::string>;
  /// A payload once as it is and once wrapped for combined connections, made when first needed.
  struct payload {
    std::string name{};
    shared_text plain{};
    shared_text wrapped{};
  };
  struct mark_round;

  [[nodiscard]] std::string control(connection& c, std::string_view text) const;
  /// How many times the next event of that kind goes out: 0, 1 or 2.
  [[nodiscard]] int copies(trouble& t);
  void deliver(stream_id to, const connection& c, payload& p, int times);

  const listing* listing_{nullptr};
  std::map<stream_id, connection> connections_{};
  std::vector<stream_delivery> outbox_{};
  stream_id next_{1};
  std::uint64_t ticks_{0};
  std::int64_t messages_max_{0};
  std::size_t streams_max_{0};
  trouble user_{};
  trouble market_{};
};

}  // namespace sluice::simulator
