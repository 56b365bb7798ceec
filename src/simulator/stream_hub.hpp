// Who listens to what: stream connections, their routes and subscriptions, and what goes to them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event_faults.hpp"
#include "marks.hpp"
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
  /// Counts a client's ping or pong like a message; true when it is one too many.
  [[nodiscard]] bool control_frame(stream_id id, instant now);
  [[nodiscard]] std::size_t size() const { return connections_.size(); }

  /// Tells the time of what follows, `since` from the venue's start, and does what is due by then.
  void meet(instant now, milliseconds since);
  /// When meet has something to do next.
  [[nodiscard]] std::optional<instant> next_due() const;

  /// To every private connection that follows the key and lets the type through.
  void publish_user(const std::string& listen_key, std::string_view type, std::string text);
  /// Marks after a tick, to those who follow them.
  void publish_marks(const mark_board& marks, std::int64_t event_ms);

  /// One event of a market stream of its own name, e.g. "!contractInfo".
  void publish_market(const std::string& name, std::string text);

  void add(stream_fault f) { faults_.add(std::move(f), since_); }
  void clear_faults() { faults_.clear(); }
  /// Events of accounts that have a listen key, so far; heard or not.
  [[nodiscard]] std::uint64_t user_events() const { return user_events_; }
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
  using shared_text = std::shared_ptr<const std::string>;
  /// A payload once as it is and once wrapped for combined connections, made when first needed.
  struct payload {
    std::string name{};
    shared_text plain{};
    shared_text wrapped{};
  };
  struct market_round;

  [[nodiscard]] bool one_too_many(connection& c, instant now) const;
  [[nodiscard]] std::string control(connection& c, std::string_view text) const;
  using batch = std::vector<stream_delivery>;
  static void deliver(stream_id to, const connection& c, payload& p, batch& into);
  /// Sends a batch, or loses, doubles or keeps it back, as the script says.
  void send(batch sent, stream_kind kind, std::string_view type);
  void release(const batch& sent);
  void drop(stream_kind kind);

  const listing* listing_{nullptr};
  std::map<stream_id, connection> connections_{};
  std::vector<stream_delivery> outbox_{};
  stream_id next_{1};
  std::uint64_t ticks_{0};
  std::int64_t messages_max_{0};
  std::size_t streams_max_{0};
  std::uint64_t user_events_{0};
  event_faults faults_;
  instant now_{};
  milliseconds since_{0};
  std::multimap<instant, batch> late_{};
  std::optional<batch> after_next_{};  ///< Waits for the next event.
  instant after_next_until_{};
};

}  // namespace sluice::simulator
