// Keeps one stream open whatever happens: back-off, silence, bans, and a fresh connection before
// the venue cuts the old one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session.hpp"
#include "sluice/exchange/overlap_merge.hpp"
#include "stream_link.hpp"
#include "web_socket.hpp"

namespace sluice::exchange {

/// Where to connect, or why not and not before when.
struct stream_target {
  secret path{};      ///< May hold a listenKey.
  std::string why{};  ///< Empty when there is a path.
  std::optional<instant> not_before{};
};

/// What proves that a connection serves the stream: that it opened, or its first frame.
enum class proof_of_service : std::uint8_t { open, frame };

struct stream_kind {
  std::string name{};  ///< For the log, e.g. "user_stream".
  proof_of_service proof{proof_of_service::open};
  milliseconds silence_max{0};  ///< Zero when silence is no sign of anything.
  std::string silence_text{};
};

/// What became of frames. `served`: they hold what the stream is for. `broken`: why the stream is
/// of no use any more, empty when it is.
struct frames_taken {
  bool served{false};
  std::string broken{};
};

struct stream_hooks {
  /// Finds the target and hands it over, later or at once.
  std::function<void(std::function<void(stream_target)>)> find{};
  std::function<void()> up{};
  /// Takes frames in order.
  std::function<frames_taken(const std::vector<std::string>&)> frames{};
  /// Whether frames hold what the stream is for; only asked where a frame is the proof.
  std::function<bool(const std::vector<std::string>&)> prove{};
  /// Every loss; `tell` says whether anybody wants to hear of it.
  std::function<void(const std::string& reason, bool tell)> down{};
};

/// Loop thread only.
class stream_keeper {
 public:
  stream_keeper(io_loop& loop, tls_context& tls, session& venue, const settings& chosen,
                stream_kind kind, stream_hooks hooks);

  void start() { dial(place::first); }
  /// Gives the connections up and opens a new one after a pause; before `not_before` never.
  void lose(const std::string& reason, std::optional<instant> not_before = std::nullopt);
  void close();
  /// The stream is proven; called by whoever takes frames before it hands the first one on.
  void serve();
  /// From the proof of a connection to its loss.
  [[nodiscard]] bool up() const { return link_.up(); }
  [[nodiscard]] bool running() const { return first_.socket != nullptr; }
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  enum class place : std::uint8_t { first, next };
  struct leg {
    std::unique_ptr<web_socket> socket{};
    bool open{false};
  };
  [[nodiscard]] result<secret> target_when_sent(const secret& path) const;

  void dial(place where);
  void connect(place where, const secret& path);
  void opened(const web_socket* which);
  void next_opened();
  void next_arrived(std::vector<std::string> frames);
  void arrived(const web_socket* which, std::vector<std::string> frames);
  void ended(const web_socket* which, const stream_end& end);
  void failed(place where, const std::string& why, std::optional<instant> not_before);
  void pass(const std::vector<std::string>& frames);
  [[nodiscard]] std::vector<std::string> merged(place from, std::vector<std::string> frames);
  void watch_silence();
  void schedule_overlap(milliseconds wait);
  void take_over();

  io_loop& loop_;
  tls_context& tls_;
  session& venue_;
  settings chosen_;
  stream_kind kind_;
  stream_hooks hooks_;
  stream_link link_;
  backoff overlap_waits_;
  loop_timer retry_timer_;
  loop_timer silence_timer_;
  loop_timer age_timer_;
  leg first_{};
  leg next_{};
  std::optional<overlap_merge> merge_{};  ///< Only where being open is the proof.
  instant merge_until_{};                 ///< After it no twin of an old frame is expected.
  std::uint64_t round_{0};  ///< Grows with every loss: what belongs to an older one is void.
  bool closed_{false};
};

}  // namespace sluice::exchange
