// The receiving half of a session: a request is read whole, within its limits, or refused.
#include "http_session.hpp"
#include "sluice/status/problem.hpp"
#include "sluice/status/request_guard.hpp"
#include "sluice/status/url.hpp"

namespace sluice::status {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t read_size = 16 * 1024;
/// A chunk's own header line, with extensions nobody uses, fits many times.
constexpr std::size_t chunk_header_size_max = 4 * 1024;
/// "0", CR, LF, CR, LF. Beast 1.81 asserts that the beginning of a last chunk is followed by so
/// much, so it is not shown less of a first one.
constexpr std::size_t chunked_body_size_min = 5;

std::string_view view(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.data().size()};
}

std::string_view to_std(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

boost::asio::awaitable<bool> http_session::read_some() {
  const auto got = co_await wire_->read_some(in_.prepare(read_size));
  in_.commit(got.size);
  co_return !got.failed && !aborted_ && !expired_;
}

http_session::step http_session::receive() {
  std::size_t head_size = 0;
  head_only_ = false;
  if (const auto p = co_await read_head(head_size); p == progress::finished)
    co_return p;
  std::optional<response> refusal = parse_head(head_size);
  if (!refusal)
    refusal = fill_request();
  if (refusal)
    co_return co_await refuse(std::move(*refusal));
  if (const auto p = co_await check_expectation(); p == progress::finished)
    co_return p;
  if (const auto p = co_await read_body(); p == progress::finished)
    co_return p;
  close_after_ = !parser_->get().keep_alive() || parser_->get().version() < 11;
  request_.body = std::move(parser_->get().body());
  co_return progress::complete;
}

http_session::step http_session::read_head(std::size_t& size) {
  wait_for(waiting::request, core_.settings().idle_timeout);
  std::size_t scanned = 0;
  while (true) {
    // Empty lines before a request are allowed, and sent by old clients after a body.
    while (scanned == 0 && view(in_).starts_with("\r\n"))
      in_.consume(2);
    if (waiting_ == waiting::request && in_.size() > 0)
      wait_for(waiting::head, core_.settings().header_timeout);
    const head_extent found = find_head(view(in_), scanned);
    if (found.bare_line_feed)
      co_return co_await refuse(
          problem_response(400, std::string{describe(head_fault::line_break)}));
    const bool too_long =
        (found.size > 0 ? found.size : in_.size()) > core_.settings().header_size_max;
    if (too_long)
      co_return co_await refuse(problem_response(431, "the head of the request is too long"));
    if (found.size > 0) {
      size = found.size;
      co_return progress::complete;
    }
    // Half of an empty line before the request is not its beginning.
    scanned = view(in_) == "\r" ? 0 : found.scanned;
    if (co_await read_some())
      continue;
    if (expired_ && waiting_ == waiting::head)
      co_return co_await refuse(problem_response(408, "the head of the request took too long"));
    co_return progress::finished;
  }
}

std::optional<response> http_session::parse_head(std::size_t size) {
  const std::string_view head = view(in_).substr(0, size);
  if (const auto fault = check_head(head); fault != head_fault::none)
    return problem_response(fault == head_fault::version ? 505 : 400, std::string{describe(fault)});
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(core_.settings().header_size_max));
  parser_->body_limit(boost::none);
  boost::system::error_code failed;
  parser_->put(asio::buffer(head.data(), head.size()), failed);
  if (failed || !parser_->is_header_done())
    return problem_response(400, "the head of the request cannot be read");
  in_.consume(size);
  return std::nullopt;
}

std::optional<response> http_session::fill_request() {
  const auto& message = parser_->get();
  const auto text = [&](http::field name) { return std::string{to_std(message[name])}; };
  const std::string_view target = to_std(message.target());
  const auto question = std::min(target.find('?'), target.size());
  auto query = parse_query(target.substr(std::min(question + 1, target.size())));
  request_ = request{};
  request_.method = to_std(message.method_string());
  head_only_ = request_.method == "HEAD";
  request_.path = target.substr(0, question);
  request_.host = text(http::field::host);
  request_.peer = peer_;
  if (!query)
    return problem_response(400, "the query of the request cannot be read");
  request_.query = std::move(*query);
  if (!host_allowed(request_.host, core_.hosts_allowed()))
    return problem_response(421, "this server does not answer for that Host");
  request_.authorization = text(http::field::authorization);
  request_.content_type = text(http::field::content_type);
  request_.accept = text(http::field::accept);
  request_.last_event_id = to_std(message["Last-Event-ID"]);
  request_.if_none_match = text(http::field::if_none_match);
  const std::size_t limit = request_.path == plans_path ? core_.settings().plans_body_size_max
                                                        : core_.settings().body_size_max;
  if (parser_->content_length().value_or(0) > limit)
    return problem_response(413, "the body of the request is too long");
  parser_->body_limit(limit);
  return std::nullopt;
}

http_session::step http_session::check_expectation() {
  const auto expected = to_std(parser_->get()[http::field::expect]);
  if (expected.empty() || parser_->get().version() < 11)
    co_return progress::complete;
  if (!boost::beast::iequals({expected.data(), expected.size()}, "100-continue"))
    co_return co_await refuse(problem_response(417, "only 100-continue can be expected"));
  if (in_.size() > 0 || parser_->is_done())
    co_return progress::complete;
  const bool written = co_await write("HTTP/1.1 100 Continue\r\n\r\n", {});
  co_return written ? progress::complete : progress::finished;
}

http_session::step http_session::read_body() {
  wait_for(waiting::body, core_.settings().body_timeout);
  parser_->eager(true);
  chunk_guard chunks;
  std::size_t guarded = 0;  // Bytes at the front of what came that were looked at.
  std::size_t wanted = parser_->chunked() ? chunked_body_size_min : 1;
  while (!parser_->is_done()) {
    boost::system::error_code failed;
    const bool good = !parser_->chunked() || chunks.feed(view(in_).substr(guarded));
    guarded = in_.size();
    if (good && in_.size() >= wanted) {
      const std::size_t used = parser_->put(in_.data(), failed);
      in_.consume(used);
      if (used > 0)
        wanted = 1;
    }
    guarded = std::min(guarded, in_.size());
    if (failed == http::error::body_limit)
      co_return co_await refuse(problem_response(413, "the body of the request is too long"));
    if (!good || (failed && failed != http::error::need_more) ||
        (!parser_->is_done() && in_.size() > chunk_header_size_max))
      co_return co_await refuse(problem_response(400, "the body of the request cannot be read"));
    if (parser_->is_done())
      break;
    if (co_await read_some())
      continue;
    if (expired_)
      co_return co_await refuse(problem_response(408, "the body of the request took too long"));
    co_return progress::finished;
  }
  co_return progress::complete;
}

}  // namespace sluice::status
