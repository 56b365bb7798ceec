// One connection per request, driven to its end on the caller's thread.
#include "sluice/status/http_client.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "client_link.hpp"

namespace sluice::status {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t read_size = 64UL * 1024;

/// One exchange as a coroutine, and the time it may take.
class exchange_of {
 public:
  exchange_of(client_address at, const target& whom, const client_limits& limits,
              std::string wanted)
      : limits_(limits), wanted_(std::move(wanted)), link_(io_, std::move(at), whom.ca_file) {
    parser_.body_limit(limits.body_bytes_max);
    parser_.eager(true);
  }

  [[nodiscard]] asio::io_context& io() { return io_; }

  answer_or_loss run() {
    give(limits_.connect);
    asio::co_spawn(io_, talk(), asio::detached);
    while (!over_ && io_.run_one_until(deadline_) > 0) {
    }
    link_.close();
    if (!over_)
      return unanswered{fail(errc::io_failure, "no answer in time"), sent_};
    if (!failed_.empty())
      return unanswered{fail(errc::io_failure, failed_), sent_};
    auto& got = parser_.get();
    return client_reply{static_cast<int>(got.result_int()), std::move(got.body())};
  }

 private:
  void give(milliseconds time) { deadline_ = std::chrono::steady_clock::now() + time; }

  asio::awaitable<void> talk() {
    failed_ = co_await link_.open();
    if (failed_.empty()) {
      give(limits_.answer);
      const std::array<asio::const_buffer, 2> parts{asio::buffer(wanted_), asio::const_buffer{}};
      sent_ = true;
      const auto unsent = co_await link_.wire().write(parts);
      if (unsent)
        failed_ = unsent.message();
      else
        co_await receive();
    }
    over_ = true;
  }

  asio::awaitable<void> receive() {
    std::string in(read_size, '\0');
    std::size_t kept = 0;
    while (!parser_.is_done() && failed_.empty()) {
      if (in.size() - kept < read_size)
        in.resize(kept + read_size);
      const auto got = co_await link_.wire().read_some(asio::buffer(in.data() + kept, read_size));
      error_code wrong;
      if (got.failed == asio::error::eof && !parser_.got_some())
        wrong = http::error::end_of_stream;
      else if (got.failed == asio::error::eof)
        parser_.put_eof(wrong);
      else if (got.failed)
        wrong = got.failed;
      else
        kept = parse(in, kept + got.size, wrong);
      if (wrong)
        failed_ = wrong.message();
    }
  }

  /// How many bytes at the front of `in` are still to be read.
  std::size_t parse(std::string& in, std::size_t size, error_code& wrong) {
    std::size_t at = 0;
    while (at < size && !parser_.is_done() && !wrong) {
      const auto used = parser_.put(asio::buffer(in.data() + at, size - at), wrong);
      at += used;
      if (used == 0)
        break;
    }
    if (wrong == http::error::need_more)
      wrong = {};
    in.erase(0, at);
    return size - at;
  }

  client_limits limits_;
  std::string wanted_;
  asio::io_context io_{1};
  client_link link_;
  http::response_parser<http::string_body> parser_{};
  std::chrono::steady_clock::time_point deadline_{};
  std::string failed_{};
  bool sent_{false};  ///< Its first byte may have left.
  bool over_{false};
};

}  // namespace

answer_or_loss ask(const target& whom, std::string_view path, const std::string& body,
                   const client_limits& limits) {
  auto at = parse_client_url(whom.url);
  if (!at)
    return at.error();
  auto wanted = request_head(body.empty() ? "GET" : "POST", path, *at, whom.token);
  wanted += "Connection: close\r\n";
  if (!body.empty())
    wanted += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
  wanted += "\r\n";
  wanted += body;
  auto one = std::make_shared<exchange_of>(std::move(*at), whom, limits, std::move(wanted));
  auto came = one->run();
  auto& io = one->io();
  let_go(std::move(one), io);
  return came;
}

std::string_view token_hint(int status) {
  return status == 401 ? ": it wants a token; name its file with --token-file or $SLUICE_TOKEN_FILE"
         : status == 403 ? ": the token is good for less than this"
                         : "";
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
