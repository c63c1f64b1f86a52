//! The server: where the trace comes into the process.

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::Error;

/// Serves on loopback until stdin ends; says where on stdout.
pub(crate) async fn serve() -> Result<(), Error> {
    let weave = weave::builder("two-processes").attribute("process", "service").print_call_link(false).init()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let routes = Router::new().route("/weather/{city}", get(weather)).layer(from_fn(in_the_trace_of_the_caller));
    axum::serve(listener, routes).with_graceful_shutdown(told_to_stop()).await?;
    weave.shutdown().into_result()?;
    Ok(())
}

async fn told_to_stop() {
    let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
}

/// Every request passes here: the place to take the trace up again from its headers.
async fn in_the_trace_of_the_caller(request: Request, next: Next) -> Response {
    let context = weave::Context::extract(request.headers());
    let tenant = context.baggage("tenant");
    let answer = next.run(request);
    context.run(|| weave::scope().attribute("tenant", tenant).wrap(answer)).await
}

async fn weather(Path(city): Path<String>) -> Result<String, (StatusCode, String)> {
    forecast(&city).await.map_err(|error| (StatusCode::NOT_FOUND, error))
}

/// The weather in a city.
#[weave::op]
async fn forecast(city: &str) -> Result<String, String> {
    let (sky, degrees) = tokio::join!(weave::spawn(sky(city.to_owned())), weave::spawn(degrees(city.to_owned())));
    let told = |error: tokio::task::JoinError| error.to_string();
    Ok(format!("{}, {} degrees", sky.map_err(told)??, degrees.map_err(told)??))
}

#[weave::tool]
async fn sky(city: String) -> Result<&'static str, String> {
    match city.as_str() {
        "Rome" | "Athens" => Ok("sun"),
        "Bergen" | "London" => Ok("rain"),
        _ => Err(format!("there is no satellite above {city}")),
    }
}

#[weave::tool]
async fn degrees(city: String) -> Result<i32, String> {
    // Somebody's sum of letters: the same in each run.
    Ok(city.bytes().map(i32::from).sum::<i32>() % 35)
}
