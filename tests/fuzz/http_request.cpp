// Bytes of a connection through the server's own session to a router, with no socket between them:
// however they are cut into packets, the same requests are handled and each gets one answer.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "plain_http.hpp"
#include "sluice/status/problem.hpp"
#include "sluice/status/router.hpp"
#include "status/support/scripted_transport.hpp"
#include "target.hpp"

namespace sluice::fuzz {
namespace {

using namespace sluice::status;

using answer = testing::written_answer;
struct conversation {
  std::vector<plain_request> handled{};
  std::vector<answer> answers{};  ///< Interim ones are not among them.
};

/// Packets of one size.
std::deque<std::string> cut(std::string_view input, std::size_t size) {
  std::deque<std::string> packets;
  for (; !input.empty(); input.remove_prefix(std::min(size, input.size())))
    packets.emplace_back(input.substr(0, size));
  return packets;
}

const router& routes() {
  static const router table{{{"GET", "/", 1},
                             {"GET", "/api/v1/plans", 2},
                             {"POST", "/api/v1/plans", 3},
                             {"GET", "/api/v1/plans/{id}", 4},
                             {"POST", "/api/v1/holds/{symbol}/release", 5},
                             {"GET", "/api/v1/universe/all", 6},
                             {"GET", "/api/v1/universe/{symbol}", 7}}};
  return table;
}

struct answer_to_route {
  response operator()(const route_found& found) const {
    std::string body = fmt::format("{}", found.id);
    for (const auto& [name, value] : found.parameters) {
      require(std::ranges::none_of(
                  value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }),
              "a parameter of a path has no control characters");
      require(found.parameter(name) == value, "a parameter is found by its name");
      body += fmt::format(" {}={}", name, value);
    }
    return text_response(std::move(body));
  }
  response operator()(const route_missing&) const { return problem_response(404, "no such page"); }
  response operator()(const route_malformed&) const { return problem_response(400, "malformed"); }
  response operator()(const route_method_not_allowed& other) const {
    require(!other.allow.empty(), "what is not allowed says what is");
    auto refused = problem_response(405, "another method");
    refused.headers.emplace_back("Allow", other.allow);
    return refused;
  }
};

http_settings small_limits() {
  http_settings s;
  s.header_size_max = 512;
  s.body_size_max = 128;
  s.plans_body_size_max = 256;
  return s;
}

void handle(conversation& into, const request& r, const responder& respond) {
  require(r.path.starts_with('/'), "a path begins with a slash");
  require(r.body.size() <= (r.path == plans_path ? 256U : 128U), "a body is within its limit");
  require(!r.host.empty(), "a request names a host");
  into.handled.push_back({r.method, r.path, r.body});
  respond(std::visit(answer_to_route{}, routes().match(r.method, r.path)));
}

conversation talk(std::string_view input, std::size_t piece) {
  static conversation* now = nullptr;
  static http_core core{
      small_limits(), [](const request& r, const responder& respond) { handle(*now, r, respond); },
      nullptr, nullptr};
  conversation held;
  now = &held;
  auto told = testing::converse(core, cut(input, piece));
  held.answers = std::move(told.answers);
  require(!told.spoke_after_end, "nothing is written once the connection is said to end");
  require(core.counts().connections_open == 0, "a connection that ended is not counted any more");
  return held;
}

int status_of(const answer& a) {
  require(a.head.starts_with("HTTP/1.1 ") && a.head.size() > 12, "an answer has a status line");
  return std::stoi(a.head.substr(9, 3));
}

bool closes(const answer& a) {
  return a.head.find("\r\nConnection: close\r\n") != std::string::npos;
}

void check_answer(const answer& a, std::string_view method) {
  const auto status = status_of(a);
  require(status >= 200 && status < 600, "an answer is final");
  require(a.head.ends_with("\r\n\r\n") && a.head.find("\r\n\r\n") == a.head.size() - 4,
          "the head of an answer ends where its body begins");
  const auto wanted = fmt::format("\r\nContent-Length: {}\r\n", a.body.size());
  require(method == "HEAD" ? a.body.empty() : a.head.find(wanted) != std::string::npos,
          "an answer tells its length");
}

void check_conversation(const conversation& held, std::string_view input) {
  // A client that hangs up in mid-request gets no answer to it, nobody gets two.
  const auto refusals = held.answers.size() - held.handled.size();
  require(held.answers.size() >= held.handled.size() && refusals <= 1,
          "every request gets one answer, and at most one is refused unhandled");
  for (std::size_t i = 0; i < held.answers.size(); ++i) {
    const bool last = i + 1 == held.answers.size();
    require(last || !closes(held.answers[i]), "nothing follows an answer that closes");
    if (i < held.handled.size())
      check_answer(held.answers[i], held.handled[i].method);
  }
  if (refusals == 1)
    require(closes(held.answers.back()) && status_of(held.answers.back()) >= 400,
            "what is refused unhandled closes the connection");
  const auto meant = plain_requests(input, held.handled.size());
  require(meant == held.handled, "requests are read as a reader without leniencies reads them");
}

}  // namespace

void check(std::string_view input) {
  const auto whole = talk(input, input.size());
  check_conversation(whole, input);
  const auto pieces = talk(input, 1 + some_place(input, 40));
  check_conversation(pieces, input);
  require(whole.handled == pieces.handled, "packets do not matter to what is handled");
  require(whole.answers.size() == pieces.answers.size(), "packets do not matter to the answers");
}

}  // namespace sluice::fuzz
