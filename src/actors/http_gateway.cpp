// The first look at a request: what need not pass through the status actor does not.
#include <algorithm>
#include <array>

#include "sluice/actors/status.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/exchange/token.hpp"
#include "sluice/status/log_stream.hpp"
#include "sluice/status/problem.hpp"
#include "sluice/status/web.hpp"

namespace sluice::actors {
namespace {

/// A browser sends this content type across origins only after asking, and nobody answers that.
bool is_json(const status::request& r) {
  return r.content_type.starts_with("application/json");
}

/// The token goes no further than this; what is no bearer's token is one that nobody has.
std::optional<token_digest> digest_of_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.empty())
    return std::nullopt;
  const bool bearer =
      authorization.size() > scheme.size() &&
      std::ranges::equal(authorization.substr(0, scheme.size()), scheme, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
      });
  return exchange::digest_of(bearer ? authorization.substr(scheme.size()) : std::string_view{});
}

void post_plans(const intake_actor& intake, status::request&& asked, status::responder answer,
                std::optional<token_digest> token, bearer by) {
  plans_posted posted{std::move(asked.body), std::nullopt, std::move(token), std::move(answer)};
  posted.may_order = by == bearer::writer;
  // Whoever misspells "dry_run" must not trade.
  for (const auto& [name, value] : asked.query.all())
    if (name != "dry_run" && name != "wait")
      return (*posted.answer)(status::problem_response(
          {400, "invalid_query", {}, {}, {{name, "is no parameter; there are dry_run and wait"}}}));
  if (const auto dry_run = asked.query.find("dry_run")) {
    if (*dry_run != "true" && *dry_run != "false")
      return (*posted.answer)(status::problem_response(
          {400, "invalid_query", {}, {}, {{"dry_run", "takes true or false"}}}));
    posted.dry_run = *dry_run == "true";
  }
  if (const auto wait = asked.query.find("wait")) {
    const auto parsed = parse_duration(*wait);
    if (!parsed)
      return (*posted.answer)(status::problem_response(
          {400, "invalid_query", {}, {}, {{"wait", parsed.error().text}}}));
    posted.wait = *parsed;
  }
  caf::anon_send(intake, std::move(posted));
}

status::response access_response(access_answer a) {
  status::problem p{401, "token", {}, {}, {}};
  std::string challenge{"Bearer"};
  switch (a) {
    case access_answer::token_unknown:
      p.detail = "the token is not known here";
      challenge += R"( error="invalid_token")";
      break;
    case access_answer::not_enough:
      p = {403, "token_not_enough", {}, "the token is good for less than this", {}};
      challenge += R"( error="insufficient_scope")";
      break;
    default:
      p.detail = "a token is needed; show it as \"Authorization: Bearer ...\"";
  }
  auto refusal = status::problem_response(p);
  refusal.headers.emplace_back("WWW-Authenticate", std::move(challenge));
  return refusal;
}

/// A method may be any word, and whoever shows no token may choose it.
std::string_view known_method(std::string_view method) {
  constexpr std::array<std::string_view, 9> all{"GET",   "HEAD",    "POST",    "PUT",  "DELETE",
                                                "PATCH", "OPTIONS", "CONNECT", "TRACE"};
  const auto* const known = std::ranges::find(all, method);
  return known == all.end() ? "other" : *known;
}

/// Neither the token nor the path is told: a stranger chose both.
status::response refused(const gateway_access& access, status::logger& log, access_answer a,
                         const status::request& asked) {
  if (access.counters)
    access.counters->add(status::metric::http_tokens_refused, {to_string(a)});
  log.limited(
      std::string{to_string(a)}, status::log_level::warn, "http", "token_refused",
      {{"why", to_string(a)}, {"method", known_method(asked.method)}, {"from", asked.peer}});
  return access_response(a);
}

}  // namespace

status::request_handler http_gateway(std::shared_ptr<status::logger> log, intake_actor intake,
                                     status_actor status, gateway_access access) {
  return [log, intake, status, access](status::request asked, status::responder answer) {
    if (status::is_web_path(asked.path))
      return answer(status::web_response(asked));
    auto token = digest_of_token(asked.authorization);
    asked.authorization.clear();
    const auto guard = access.guard->now();
    const auto by = guard->who(token);
    if (const auto said = guard->judge(asked.method, asked.path, by);
        said != access_answer::admitted)
      return answer(refused(access, *log, said, asked));
    asked.may_look = guard->may_look(by);
    if (asked.method == "POST" && !is_json(asked))
      return answer(
          status::problem_response(415, "POST takes application/json; say so in Content-Type"));
    if (asked.method == "POST" && asked.path == status::plans_path)
      return post_plans(intake, std::move(asked), std::move(answer), std::move(token), by);
    if (asked.method == "GET" && asked.path == "/api/v1/logs")
      return status::stream_logs(*log, asked, answer);
    // What somebody orders does not wait behind what many may look at.
    const bool orders = asked.method == "POST";
    http_asked what{std::make_shared<const status::request>(std::move(asked)), std::move(answer)};
    if (orders)
      caf::anon_send<caf::message_priority::high>(status, std::move(what));
    else
      caf::anon_send(status, std::move(what));
  };
}

}  // namespace sluice::actors
