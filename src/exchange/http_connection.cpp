// Writes a request, reads its reply, and keeps exact account of whether anything can have left.
#include "http_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <utility>

#include "tls_sessions.hpp"

namespace sluice::exchange {
namespace {

namespace http = beast::http;

constexpr std::uint32_t header_bytes_max = 16 * 1024;
/// More interim replies than anybody sends before the final one.
constexpr int interim_max = 8;

http::request<http::empty_body> build(const http_request& asked, const secret& target,
                                      const web_address& to, const secret& key) {
  const auto path = target.reveal();
  http::request<http::empty_body> request(http::string_to_verb(asked.method),
                                          beast::string_view(path.data(), path.size()), 11);
  request.set(http::field::host, to.authority());
  request.set(http::field::user_agent, "sluice");
  request.set(http::field::accept, "application/json");
  if (asked.key == key_header::present) {
    const auto bytes = key.reveal();
    request.set("X-MBX-APIKEY", beast::string_view(bytes.data(), bytes.size()));
  }
  if (request.method() != http::verb::get)
    request.content_length(0);
  return request;
}

std::string header(const http::response<http::string_body>& reply, const char* name) {
  const auto value = reply[name];
  return {value.data(), value.size()};
}

bool packed(const http::response<http::string_body>& reply) {
  const auto coding = reply[http::field::content_encoding];
  return !coding.empty() && !beast::iequals(coding, "identity");
}

http_reply head_of(const http::response<http::string_body>& reply, instant sent, instant received) {
  http_reply read;
  read.status = static_cast<int>(reply.result_int());
  read.used_weight_1m = header(reply, "x-mbx-used-weight-1m");
  read.order_count_10s = header(reply, "x-mbx-order-count-10s");
  read.order_count_1m = header(reply, "x-mbx-order-count-1m");
  read.retry_after = header(reply, "Retry-After");
  read.date = header(reply, "Date");
  read.sent_at = sent;
  read.received_at = received;
  return read;
}

http_reply take(http::response<http::string_body>&& reply, instant sent, instant received) {
  auto read = head_of(reply, sent, received);
  read.body = std::move(reply.body());
  return read;
}

/// A reply as far as it has been read.
struct reading {
  std::optional<http::response_parser<http::string_body>> parser{};
  byte_hold held{};
  error_code failed{};
  bool answered{false};
  bool no_room{false};
};

/// The head of the final reply. Interim ones may come before it and say nothing (RFC 9110, 15.2),
/// but for 101, after which the connection would speak something else.
asio::awaitable<void> read_head(tls_stream& from, beast::flat_buffer& buffer,
                                std::uint64_t body_max, reading& into) {
  for (int interim = 0;; ++interim) {
    auto& parser = into.parser.emplace();
    parser.header_limit(header_bytes_max);
    parser.body_limit(body_max);
    co_await http::async_read_header(from, buffer, parser,
                                     asio::redirect_error(asio::use_awaitable, into.failed));
    into.answered = into.answered || parser.got_some() || buffer.size() > 0;
    const auto status = parser.get().result_int();
    if (into.failed || status >= 200 || status == 101)
      co_return;
    if (interim == interim_max) {
      into.failed = http::error::bad_status;
      co_return;
    }
  }
}

/// Beast 1.81 asserts that the beginning of a last chunk is followed by enough to make up the
/// shortest body there is, "0", CR, LF, CR, LF: until that is there it is not asked.
asio::awaitable<void> await_chunks(tls_stream& from, beast::flat_buffer& buffer, reading& into) {
  constexpr std::size_t shortest = 5;
  constexpr std::size_t piece = 4'096;
  while (!into.failed && buffer.size() < shortest) {
    const auto size = co_await from.async_read_some(
        buffer.prepare(piece), asio::redirect_error(asio::use_awaitable, into.failed));
    buffer.commit(size);
  }
}

/// The body, piece by piece, each only when there is room for it.
asio::awaitable<void> read_body(tls_stream& from, beast::flat_buffer& buffer, reading& into) {
  auto& parser = *into.parser;
  parser.eager(true);
  const auto length = parser.content_length();
  into.no_room = length && !into.held.resize(static_cast<std::size_t>(*length));
  if (parser.chunked())
    co_await await_chunks(from, buffer, into);
  if (into.failed)
    co_return;
  while (!into.no_room && !parser.is_done()) {
    co_await http::async_read_some(from, buffer, parser,
                                   asio::redirect_error(asio::use_awaitable, into.failed));
    if (into.failed)
      co_return;
    const auto size = parser.get().body().capacity();
    into.no_room = size > into.held.bytes() && !into.held.resize(size);
  }
}

/// Limits and bans are said by the status alone: obeyed also when the words of it are lost.
bool says_stop(const reading& got) {
  const auto status = got.parser->get().result_int();
  return status == 418 || status == 429 || status == 403;
}

attempt broken(const error_code& failed, std::string_view step, bool answered) {
  transport_failure why{transport_fault::unreachable, departure::may_have_left,
                        std::string(step) + ": " + failed.message()};
  if (failed == beast::error::timeout)
    why.kind = transport_fault::timed_out;
  else if (failed.category() == http::make_error_code(http::error::bad_version).category() &&
           failed != http::error::end_of_stream && failed != http::error::partial_message)
    why.kind = transport_fault::malformed;
  return {std::move(why), answered, false, {}};
}

/// A reply that came and cannot be used.
attempt refused(transport_fault kind, const char* why) {
  return {transport_failure{kind, departure::may_have_left, why}, true, false, {}};
}

/// Exits have room of their own, and every order is answered there.
budget_lane lane_of(request_rank rank) {
  return rank <= request_rank::exit_demand ? budget_lane::exits : budget_lane::others;
}

}  // namespace

http_connection::~http_connection() {
  if (connected_)
    keep_resumable(stream_.native_handle());
}

asio::awaitable<std::optional<transport_failure>> http_connection::connect(
    steady::time_point deadline) {
  const auto until = std::min(deadline, steady::now() + chosen_->connect_timeout);
  const auto dialled = co_await dial(from_, stream_, chosen_->address, until);
  if (dialled.why.empty()) {
    connected_ = true;
    co_return std::nullopt;
  }
  const auto kind = dialled.timed_out ? transport_fault::timed_out : transport_fault::unreachable;
  co_return transport_failure{kind, departure::never_left, dialled.why};
}

asio::awaitable<attempt> http_connection::perform(const http_request& asked,
                                                  steady::time_point deadline, departure& left) {
  if (!connected_) {
    auto unconnected = co_await connect(deadline);
    if (unconnected) {
      attempt ended{std::move(*unconnected), false, false, {}};
      co_return ended;
    }
  }
  if (aborted_) {  // While a name was being looked up there was no socket that could be closed.
    attempt ended{transport_failure{transport_fault::closed, left, "closed"}, false, false, {}};
    co_return ended;
  }
  if (steady::now() >= deadline) {
    attempt ended{
        transport_failure{transport_fault::timed_out, left, "its time was over"}, false, true, {}};
    last_used_ = steady::now();
    co_return ended;
  }
  const auto target = asked.target();
  if (!target) {  // The connection is as good as before and may carry the next request.
    attempt ended{
        transport_failure{transport_fault::withheld, left, target.error().text}, false, true, {}};
    last_used_ = steady::now();
    co_return ended;
  }
  const auto request = build(asked, *target, chosen_->address, *key_);
  beast::get_lowest_layer(stream_).expires_at(deadline);
  error_code failed;
  const auto sent = (*now_)();
  left = departure::may_have_left;
  co_await http::async_write(stream_, request, asio::redirect_error(asio::use_awaitable, failed));
  if (failed)
    co_return broken(failed, "writing", false);
  reading got;
  got.held = byte_hold(chosen_->room, lane_of(asked.rank));
  co_await read_head(stream_, buffer_, asked.reply_bytes_max, got);
  if (!got.failed)
    co_await read_body(stream_, buffer_, got);
  const auto received = (*now_)();
  if ((got.failed || got.no_room) && says_stop(got)) {
    attempt told{head_of(got.parser->get(), sent, received), true, false, {}};
    co_return told;
  }
  if (got.failed)
    co_return broken(got.failed, "reading", got.answered);
  if (got.no_room)
    co_return refused(transport_fault::overloaded, "replies and frames under way hold too much");
  // Nothing packed was asked for, so its bytes cannot be taken for what they may look like.
  if (packed(got.parser->get()))
    co_return refused(transport_fault::malformed, "the reply is packed");
  // Bytes after the reply belong to nothing we asked for.
  const bool is_final = got.parser->get().result_int() >= 200;
  const bool keep = is_final && got.parser->keep_alive() && buffer_.size() == 0;
  beast::get_lowest_layer(stream_).expires_never();
  used_before_ = true;
  last_used_ = steady::now();
  attempt ended{take(got.parser->release(), sent, received), true, keep, std::move(got.held)};
  co_return ended;
}

bool http_connection::usable() {
  if (!connected_ || steady::now() - last_used_ > chosen_->idle_max)
    return false;
  // Nothing is expected on an idle connection: bytes mean an end, an alert or a broken exchange.
  char byte = 0;
  const auto got = ::recv(beast::get_lowest_layer(stream_).socket().native_handle(), &byte, 1,
                          MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void http_connection::abort() {
  aborted_ = true;
  beast::get_lowest_layer(stream_).close();
}

}  // namespace sluice::exchange
