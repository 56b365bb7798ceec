// One connection: reads requests one after another, asks the handler, writes answers or events.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "answer_slot.hpp"
#include "http_core.hpp"
#include "response_head.hpp"
#include "transport.hpp"
#include "waker.hpp"

namespace sluice::status {

/// Everything but wake() runs on the server's thread. One coroutine drives it; deadlines are
/// watched from outside by expire(), which ends whatever the session waits for.
class http_session final : public waker, public std::enable_shared_from_this<http_session> {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  http_session(http_core& core, std::unique_ptr<transport> wire, connection_role role);
  ~http_session() override;

  void start();
  void wake() override;
  /// Ends a wait whose deadline has passed.
  void expire(time_point now);
  /// Ends after the request under way; an idle connection or a stream at once.
  void finish();
  /// Ends now.
  void abort();

  /// What it waits for, if it could be closed to make room for a newer connection: bytes of its
  /// client, or room for an answer that its client has not taken for a while. Empty for others.
  [[nodiscard]] std::string_view sheddable(time_point now) const;
  /// Since when it waits for that.
  [[nodiscard]] time_point waiting_since() const { return since_; }
  /// Ends now, and counts no more as one of the connections that may be open.
  void shed();

 private:
  enum class waiting { handshake, request, head, body, answer, write, events, farewell };
  enum class progress { complete, finished };
  using step = boost::asio::awaitable<progress>;
  using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<bool> shake_hands();
  boost::asio::awaitable<void> turn_away();

  // Receiving: http_receive.cpp. `finished` means that the connection is done with.
  step receive();
  step read_head(std::size_t& size);
  step read_body();
  step check_expectation();
  boost::asio::awaitable<bool> read_some();
  [[nodiscard]] std::optional<response> parse_head(std::size_t size);
  [[nodiscard]] std::optional<response> fill_request();

  // Answering: http_session.cpp.
  boost::asio::awaitable<any_answer> ask();
  step reply(response r);
  step refuse(response r);
  boost::asio::awaitable<bool> write(std::string_view head, std::string_view body);
  boost::asio::awaitable<void> farewell();

  // Streaming: http_stream.cpp.
  boost::asio::awaitable<void> stream(std::shared_ptr<channel_state> channel);
  boost::asio::awaitable<bool> write_events(channel_state& channel);
  boost::asio::awaitable<void> watch_peer();

  void wait_for(waiting what, milliseconds limit);
  boost::asio::awaitable<void> sleep_until_woken();
  void woken();

  http_core& core_;
  std::unique_ptr<transport> wire_;
  boost::asio::steady_timer alarm_;
  connection_role role_;
  std::string peer_{};

  boost::beast::flat_buffer in_;
  std::optional<parser> parser_{};
  request request_{};
  bool head_only_{false};
  bool close_after_{false};
  std::string out_{};
  std::shared_ptr<channel_state> channel_{};
  char ignored_{0};

  waiting waiting_{waiting::handshake};
  time_point since_{std::chrono::steady_clock::now()};
  time_point deadline_{time_point::max()};
  bool expired_{false};
  bool aborted_{false};
  bool peer_gone_{false};
};

}  // namespace sluice::status
