// One connection per request, driven to its end on the caller's thread.
#include "sluice/status/http_client.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "client_address.hpp"

namespace sluice::status {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

/// The three steps of one exchange; each begins the next, any may end it.
class exchange_of {
 public:
  exchange_of(const client_limits& limits, http::request<http::string_body> wanted)
      : limits_(limits), wanted_(std::move(wanted)) {
    parser_.body_limit(limits.body_bytes_max);
  }

  result<client_reply> run(const asio::ip::tcp::endpoint& to) {
    stream_.expires_after(limits_.connect);
    stream_.async_connect(to, [this](error_code e) { connected(e); });
    io_.run();
    if (failed_)
      return fail(errc::io_failure,
                  failed_ == beast::error::timeout ? "no answer in time" : failed_.message());
    auto& got = parser_.get();
    return client_reply{static_cast<int>(got.result_int()), std::move(got.body())};
  }

 private:
  void connected(error_code e) {
    if (ended(e))
      return;
    stream_.expires_after(limits_.answer);
    http::async_write(stream_, wanted_, [this](error_code sent, std::size_t) {
      if (!ended(sent))
        http::async_read(stream_, buffer_, parser_,
                         [this](error_code got, std::size_t) { (void)ended(got); });
    });
  }

  bool ended(error_code e) {
    if (e)
      failed_ = e;
    return e.failed();
  }

  client_limits limits_;
  http::request<http::string_body> wanted_;
  asio::io_context io_{1};
  beast::tcp_stream stream_{io_};
  beast::flat_buffer buffer_{64UL * 1024};
  http::response_parser<http::string_body> parser_{};
  error_code failed_{};
};

}  // namespace

result<client_reply> ask(std::string_view url, std::string_view path, const std::string& body,
                         const client_limits& limits, std::string_view token) {
  const auto address = client_address(url);
  if (!address)
    return address.error();
  http::request<http::string_body> wanted{
      body.empty() ? http::verb::get : http::verb::post, {path.data(), path.size()}, 11};
  wanted.set(http::field::host, host_field(*address));
  wanted.set(http::field::connection, "close");
  if (!token.empty())
    wanted.set(http::field::authorization, fmt::format("Bearer {}", token));
  if (!body.empty()) {
    wanted.set(http::field::content_type, "application/json");
    wanted.body() = body;
    wanted.prepare_payload();
  }
  exchange_of one{limits, std::move(wanted)};
  return one.run({asio::ip::make_address(address->host), address->port});
}

std::string path_segment(std::string_view text) {
  constexpr std::string_view plain{
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-"};
  std::string out;
  for (char c : text)
    if (plain.find(c) != std::string_view::npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

}  // namespace sluice::status
