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
constexpr std::uint64_t body_bytes_max = 32ULL * 1024 * 1024;

http::request<http::empty_body> build(const http_request& asked, const std::string& target,
                                      const web_address& to, const secret& key) {
  http::request<http::empty_body> request(http::string_to_verb(asked.method), target, 11);
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

http_reply take(http::response<http::string_body>&& reply, instant sent, instant received) {
  http_reply read;
  read.status = static_cast<int>(reply.result_int());
  read.used_weight_1m = header(reply, "x-mbx-used-weight-1m");
  read.order_count_10s = header(reply, "x-mbx-order-count-10s");
  read.order_count_1m = header(reply, "x-mbx-order-count-1m");
  read.retry_after = header(reply, "Retry-After");
  read.body = std::move(reply.body());
  read.sent_at = sent;
  read.received_at = received;
  return read;
}

attempt broken(const error_code& failed, std::string_view step, bool answered) {
  transport_failure why{transport_fault::unreachable, departure::may_have_left,
                        std::string(step) + ": " + failed.message()};
  if (failed == beast::error::timeout)
    why.kind = transport_fault::timed_out;
  else if (failed.category() == http::make_error_code(http::error::bad_version).category() &&
           failed != http::error::end_of_stream && failed != http::error::partial_message)
    why.kind = transport_fault::malformed;
  return {std::move(why), answered, false};
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
    auto refused = co_await connect(deadline);
    if (refused) {
      attempt ended{std::move(*refused), false, false};
      co_return ended;
    }
  }
  if (aborted_) {  // While a name was being looked up there was no socket that could be closed.
    attempt ended{transport_failure{transport_fault::closed, left, "closed"}, false, false};
    co_return ended;
  }
  if (steady::now() >= deadline) {
    attempt ended{transport_failure{transport_fault::timed_out, left, "its time was over"}, false,
                  true};
    last_used_ = steady::now();
    co_return ended;
  }
  const auto target = asked.target();
  if (!target) {  // The connection is as good as before and may carry the next request.
    attempt ended{transport_failure{transport_fault::withheld, left, target.error().text}, false,
                  true};
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
  http::response_parser<http::string_body> parser;
  parser.header_limit(header_bytes_max);
  parser.body_limit(body_bytes_max);
  co_await http::async_read(stream_, buffer_, parser,
                            asio::redirect_error(asio::use_awaitable, failed));
  const auto received = (*now_)();
  if (failed)
    co_return broken(failed, "reading", parser.got_some() || buffer_.size() > 0);
  // Nothing packed was asked for, so its bytes cannot be taken for what they may look like.
  if (packed(parser.get())) {
    attempt ended{transport_failure{transport_fault::malformed, left, "the reply is packed"}, true,
                  false};
    co_return ended;
  }
  // Bytes after the reply belong to nothing we asked for; an interim reply is followed by one that
  // would answer somebody else's question.
  const bool is_final = parser.get().result_int() >= 200;
  const bool keep = is_final && parser.keep_alive() && buffer_.size() == 0;
  beast::get_lowest_layer(stream_).expires_never();
  used_before_ = true;
  last_used_ = steady::now();
  attempt ended{take(parser.release(), sent, received), true, keep};
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
