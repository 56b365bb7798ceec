// Virtual time and what happens in it outside the process: one queue of things that are due.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "draws.hpp"
#include "sluice/simulator/venue.hpp"

namespace sluice::simulation {

/// What the network shows of a request on its way; the plans' phases are told from it.
struct network_watcher {
  std::function<void(const simulator::request&)> written{};
  std::function<void(const simulator::request&, const simulator::reply&)> performed{};
  std::function<void(const simulator::request&, const simulator::reply&)> answered{};  ///< Whole.
  std::function<void(const simulator::request&)> over{};  ///< Answered, or given up.
  std::function<void(std::string_view)> told{};           ///< A message of the user stream.
  std::function<void(std::string)> logged{};              ///< What the client says of itself.
};

/// One thread, one world at a time. World time begins an hour after the epoch of instants, lest a
/// zero be taken for "never".
class world {
 public:
  world(std::uint64_t seed, const simulator::settings& venue_settings, std::int64_t wall_ms);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  /// The one that lives; the replaced parts of the client find their network by it.
  [[nodiscard]] static world& current();

  [[nodiscard]] instant now() const { return now_; }
  [[nodiscard]] milliseconds age() const;
  /// The venue's clock is the true one; ours may have been set to something else.
  [[nodiscard]] std::int64_t true_wall_ms() const;
  [[nodiscard]] std::int64_t our_wall_ms() const { return true_wall_ms() + wall_jump_.count(); }
  void jump_wall_clock(milliseconds by) { wall_jump_ += by; }
  [[nodiscard]] simulator::moment moment() const;

  /// Same instants happen in the order in which they were asked for.
  void at(instant when, std::function<void()> what);
  void after(milliseconds wait, std::function<void()> what) { at(now_ + wait, std::move(what)); }
  /// Of the queue and of the venue.
  [[nodiscard]] instant next_due() const;
  /// Moves time, which must not pass what is due, and does what is due then.
  void move_to(instant when);

  /// What the venue has to tell goes on its way, in order for each stream.
  void pump();
  void listen(simulator::stream_id id,
              std::function<void(std::shared_ptr<const std::string>, bool close)> sink);
  void stop_listening(simulator::stream_id id);

  /// A line of the readable trace, if anybody reads it.
  void trace(const std::string& line) const;

  std::unique_ptr<simulator::venue> venue{};
  draws random;  ///< Of network, scheduling and disk.
  network_watcher watch{};
  std::function<void(const std::string&)> reader{};  ///< Of the trace; none: nobody.

 private:
  struct listener {
    std::function<void(std::shared_ptr<const std::string>, bool)> sink{};
    instant last{};
  };
  instant now_{};
  std::int64_t wall_origin_ms_{0};
  milliseconds wall_jump_{0};
  std::multimap<instant, std::function<void()>> due_{};
  std::map<simulator::stream_id, listener> listeners_{};
};

}  // namespace sluice::simulation
