//! The program as its users meet it: options and files in; rows, messages and exit status out.

mod audit;
mod classify;
mod columns;
mod dirt;
mod evaluate;
mod explain;
mod faults;
mod guide;
mod input;
mod install;
mod json;
mod labels;
mod layout;
mod lexicon;
mod model;
mod pages;
mod reposts;
mod retrain;
mod review;
mod roles;
mod skills;
mod suggest;
mod train;
mod verdict_page;
mod workbooks;
mod workspace;
