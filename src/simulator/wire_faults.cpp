// Writes bent replies as plain text over TLS.
#include "wire_faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

namespace sluice::simulator {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

constexpr std::chrono::seconds write_limit{30};
constexpr std::chrono::milliseconds rest_limit{500};  ///< For the rest of a request to be cut.
constexpr std::size_t piece_bytes = 65'536;

asio::awaitable<bool> put(tls_stream& stream, std::string_view text) {
  beast::get_lowest_layer(stream).expires_after(write_limit);
  auto [ec, size] = co_await asio::async_write(stream, asio::buffer(text), no_throw);
  co_return !ec;
}

/// A reset overtakes bytes the peer has not read yet; the cut must be seen, so it gets some time.
asio::awaitable<void> let_it_arrive() {
  asio::steady_timer timer(co_await asio::this_coro::executor, milliseconds{20});
  co_await timer.async_wait(no_throw);
}

asio::awaitable<next_step> end_after(connection_ending how) {
  co_await let_it_arrive();
  co_return how == connection_ending::reset ? next_step::reset : next_step::close;
}

std::string head_of(const reply& out, std::string_view framing) {
  auto text = fmt::format("HTTP/1.1 {} Simulated\r\nContent-Type: {}\r\n{}\r\n", out.status,
                          out.content_type, framing);
  for (const auto& [name, value] : out.headers)
    text += fmt::format("{}: {}\r\n", name, value);
  return text;
}

std::string with_length(const reply& out, std::size_t length) {
  return head_of(out, fmt::format("Content-Length: {}", length)) + "\r\n" + out.body;
}

/// The same piece over and over until `bytes` are sent or the peer has had enough.
asio::awaitable<bool> put_again(tls_stream& stream, const std::string& piece, std::size_t bytes) {
  for (std::size_t sent = 0; sent < bytes; sent += piece.size())
    if (!co_await put(stream, std::string_view(piece).substr(0, bytes - sent)))
      co_return false;
  co_return true;
}

asio::awaitable<next_step> send_huge(tls_stream& stream, const reply& out, std::size_t bytes) {
  const auto head = head_of(out, fmt::format("Content-Length: {}", bytes)) + "\r\n";
  if (!co_await put(stream, head))
    co_return next_step::reset;
  const std::string piece(piece_bytes, '[');
  const bool whole = co_await put_again(stream, piece, bytes);
  co_return whole ? next_step::go_on : next_step::reset;
}

asio::awaitable<next_step> send_headers(tls_stream& stream, const reply& out, std::size_t bytes) {
  std::string piece;
  while (piece.size() < piece_bytes)
    piece += "x-more: " + std::string(1'000, 'y') + "\r\n";
  const auto head = head_of(out, "Content-Length: 0");
  bool taken = co_await put(stream, head);
  if (taken)
    taken = co_await put_again(stream, piece, bytes);
  co_return taken ? next_step::close : next_step::reset;
}

}  // namespace

asio::awaitable<next_step> send_half(tls_stream& stream, const reply& out) {
  auto text = with_length(out, out.body.size());
  text.resize(text.size() - (out.body.size() - out.body.size() / 2));
  co_await put(stream, text);
  co_await let_it_arrive();
  co_return next_step::reset;
}

asio::awaitable<next_step> send_cut(tls_stream& stream, const reply& out, const course& c) {
  const auto text = with_length(out, out.body.size());
  // A reply shorter than that is cut all the same: sent whole, it would be no fault.
  const auto sent = std::min(static_cast<std::size_t>(c.bytes), text.size() - 1);
  co_await put(stream, std::string_view(text).substr(0, sent));
  co_return co_await end_after(c.ending);
}

asio::awaitable<next_step> send_misframed(tls_stream& stream, const reply& out, const course& c) {
  const auto bytes = static_cast<std::size_t>(c.bytes);
  const auto size = out.body.size();
  const auto chunked = head_of(out, "Transfer-Encoding: chunked") + "\r\n";
  const auto gzipped =
      head_of(out, fmt::format("Content-Encoding: gzip\r\nContent-Length: {}", size)) + "\r\n" +
      out.body;
  const auto unfinished = chunked + fmt::format("{:x}\r\n{}\r\n", size, out.body);
  const auto no_size = chunked + "zz\r\n" + out.body + "\r\n0\r\n\r\n";
  const auto shorter = with_length(out, size - std::min(bytes, size));
  const auto longer = with_length(out, size + bytes);
  switch (c.framing) {
    case reply_framing_fault::length_short:
      co_await put(stream, shorter);
      co_return next_step::go_on;
    case reply_framing_fault::length_long:
      co_await put(stream, longer);
      co_return co_await end_after(connection_ending::close);
    case reply_framing_fault::chunk_size:
      co_await put(stream, no_size);
      co_return next_step::go_on;
    case reply_framing_fault::chunk_unfinished:
      co_await put(stream, unfinished);
      co_return co_await end_after(connection_ending::close);
    case reply_framing_fault::gzip_header:
      co_await put(stream, gzipped);
      co_return next_step::go_on;
    case reply_framing_fault::huge_body:
      co_return co_await send_huge(stream, out, bytes);
    case reply_framing_fault::endless_headers:
      co_return co_await send_headers(stream, out, bytes);
  }
  co_return next_step::reset;
}

asio::awaitable<next_step> cut_request(tls_stream& stream, std::size_t had,
                                       const request_cut& cut) {
  std::array<char, 1'024> ignored{};
  const auto wanted = static_cast<std::size_t>(cut.bytes);
  // Not the stream's own limit: that would close the socket, where a reset may be wanted.
  auto& tcp = beast::get_lowest_layer(stream);
  tcp.expires_never();
  asio::steady_timer limit(co_await asio::this_coro::executor, rest_limit);
  limit.async_wait([&tcp](boost::system::error_code ec) {
    if (!ec)
      tcp.cancel();
  });
  while (had < wanted) {
    const auto most = std::min(ignored.size(), wanted - had);
    auto [ec, size] = co_await stream.async_read_some(asio::buffer(ignored, most), no_throw);
    if (ec)
      break;
    had += size;
  }
  co_return cut.ending == connection_ending::reset ? next_step::reset : next_step::close;
}

}  // namespace sluice::simulator
